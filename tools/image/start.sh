#!/bin/sh
# The image's entry point: puts the book into $HOME/nnbook, finds a place for temporary
# files, and starts what it is given. $HOME may be an empty volume, all the rest read-only.
set -eu

if ! mkdir -p "$HOME/nnbook"; then
	echo "nnbook: user $(id -u) cannot write to $HOME: is the volume there another user's?" >&2
	exit 1
fi

# Only files that are not there: a learner's work is never touched. Whoever wants a chapter
# afresh renames the old one and starts again, or copies it from here.
pristine=/opt/nnbook/notebooks
(
	cd "$pristine"
	find . -type f | while IFS= read -r file; do
		to=$HOME/nnbook/$file
		[ -e "$to" ] && continue
		mkdir -p "${to%/*}"
		cp "$file" "$to.part" && mv "$to.part" "$to"
	done
) || echo "nnbook: not all of $pristine could be copied to $HOME/nnbook" >&2

# Go runs what it has built where temporary files are: /tmp, unless that is mounted noexec.
runs_programs() {
	probe=$(mktemp "$1/nnbook.XXXXXX" 2>/dev/null) || return 1
	printf '#!/bin/sh\n' >"$probe"
	chmod +x "$probe"
	"$probe" 2>/dev/null && rm "$probe" && return
	rm "$probe"
	return 1
}
TMPDIR=${TMPDIR:-/tmp}
if ! runs_programs "$TMPDIR"; then
	TMPDIR=$HOME/.cache/nnbook/tmp
	mkdir -p "$TMPDIR"
	find "$TMPDIR" -mindepth 1 -maxdepth 1 -mtime +0 -exec rm -rf {} +
	if ! runs_programs "$TMPDIR"; then
		echo "nnbook: neither /tmp nor $HOME can hold programs that run (noexec): cells need one of them" >&2
		exit 1
	fi
fi
export TMPDIR

# Go's counters would start a process of their own.
go telemetry off || :

status=0
nnbook data >/dev/null || status=$? # files that are wrong are left to the cells, which say so too
if [ $status -eq 3 ]; then          # no MNIST there, and none to be had
	export NNBOOK_DIGITS=drawn
	cat >&2 <<'END'

  THIS IMAGE HAS NO MNIST: the book runs on digits that it draws itself, and your numbers
  will differ from the book's. Mount a folder with the four files at /opt/mnist.

END
fi

# Completion costs up to 0.5 GB a learner.
if [ "${NNBOOK_GOPLS:-on}" != off ]; then
	PATH=$PATH:/opt/nnbook/.lab/gopls
fi

echo "nnbook: the book is in $HOME/nnbook, as it was made in $pristine" >&2
exec "$@"
