#!/bin/sh
# The last part of `make lab`: fetches the data and opens the book.
set -eu

go build -tags=cell ./... # so that the first cell need not
go build -o .lab/bin/nnbook ./cmd/nnbook
status=0
.lab/bin/nnbook data || status=$?
case $status in
0) ;;
3) # no MNIST here, and none to be had
	NNBOOK_DIGITS=drawn
	export NNBOOK_DIGITS
	cat >&2 <<'END'

  ##########################################################################
  #                                                                        #
  #   MNIST CANNOT BE HAD (the line above says why).                       #
  #                                                                        #
  #   The book runs on digits that it draws itself, so your numbers will   #
  #   differ from the book's. To get MNIST, connect to the network or      #
  #   name a folder that has it, NNBOOK_MNIST=/path/to/mnist make lab.     #
  #                                                                        #
  ##########################################################################

END
	;;
*) # files that are wrong: whoever has put them there wants MNIST
	echo "The book is not opened: what the line above says wants mending first. NNBOOK_DIGITS=drawn make lab does without MNIST." >&2
	exit $status
	;;
esac

# Completion needs gopls. Building it takes a while the first time, so it goes on while the
# lab starts; a kernel that was there before has completion after a restart.
GOBIN=$PWD/.lab/gopls nice go -C tools install golang.org/x/tools/gopls >.lab/gopls.log 2>&1 &
gopls=$!
link=
trap 'kill $gopls 2>/dev/null || :; [ -z "$link" ] || rm -r "$link"' EXIT
trap : INT # Ctrl-C is JupyterLab's, which asks whether to stop

# JupyterLab finds its own settings by patterns that begin with its path: brackets in it would match
# other characters, and the keys do nothing. By a link it has another path.
venv=$PWD/.lab/venv
case $PWD in
*[][*?]*)
	link=$(mktemp -d)
	ln -s "$PWD/.lab/venv" "$link/venv"
	venv=$link/venv
	;;
esac

# In containers and cloud shells there is often no other user than root.
if [ "$(id -u)" = 0 ]; then
	echo "You are root: whoever opens the book, by its token and on this machine alone, can do anything here." >&2
	LABFLAGS="--allow-root ${LABFLAGS:-}"
fi

# jupyter_lsp would look for language servers with npm, which writes to $HOME.
# shellcheck disable=SC2086 # LABFLAGS is a list of flags
PATH=$PATH:$PWD/.lab/gopls "$venv/bin/python" -m jupyterlab \
	--ServerApp.root_dir="$PWD/notebooks" --ServerApp.ip=127.0.0.1 \
	--ServerApp.jpserver_extensions="{'jupyter_lsp': False}" \
	--LabApp.app_dir="$venv/share/jupyter/lab" --KernelSpecManager.ensure_native_kernel=False \
	--LabApp.default_url=/lab/tree/00-welcome.ipynb ${LABFLAGS:-}
