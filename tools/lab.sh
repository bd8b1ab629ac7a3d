#!/bin/sh
# The last part of `make lab`: fetches the data and opens the book.
set -eu

go build ./... # so that the first cell need not
# The kernel may not download, and its workspace asks for the whole list of modules, of which
# a build needs but a part.
go list -m all >/dev/null
go build -o .lab/bin/nnbook ./cmd/nnbook
if ! .lab/bin/nnbook data; then
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
fi

# Completion needs gopls. Building it takes a while the first time, so it goes on while the
# lab starts; a kernel that was there before has completion after a restart.
GOBIN=$PWD/.lab/gopls nice go -C tools install golang.org/x/tools/gopls >.lab/gopls.log 2>&1 &
trap 'kill $! 2>/dev/null || :' EXIT
trap : INT # Ctrl-C is JupyterLab's, which asks whether to stop

# In containers and cloud shells there is often no other user than root.
if [ "$(id -u)" = 0 ]; then
	echo "You are root: whoever opens the book, by its token and on this machine alone, can do anything here." >&2
	LABFLAGS="--allow-root ${LABFLAGS:-}"
fi

# jupyter_lsp would look for language servers with npm, which writes to $HOME.
# shellcheck disable=SC2086 # LABFLAGS is a list of flags
PATH=$PATH:$PWD/.lab/gopls .lab/venv/bin/python -m jupyterlab \
	--ServerApp.root_dir="$PWD/notebooks" --ServerApp.ip=127.0.0.1 \
	--ServerApp.jpserver_extensions="{'jupyter_lsp': False}" \
	--KernelSpecManager.ensure_native_kernel=False \
	--LabApp.default_url=/lab/tree/00-welcome.ipynb ${LABFLAGS:-}
