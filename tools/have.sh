#!/bin/sh
# have.sh WHAT: checks that the machine has WHAT (path, go or python), and notes
# in .lab/have/WHAT what it found. The note changes only when the machine does, so
# make builds again what was made with another Go, another Python or elsewhere.
set -eu

fail() {
	echo "$*" >&2
	exit 1
}

# at_least A B: whether version A is B or newer, by the first two numbers.
at_least() {
	awk -v a="$1" -v b="$2" 'BEGIN {
		split(a, x, "."); split(b, y, ".")
		exit !(x[1] + 0 > y[1] + 0 || x[1] + 0 == y[1] + 0 && x[2] + 0 >= y[2] + 0)
	}'
}

case $1 in
path)
	# It becomes part of PATH, of comma-separated flags, of templates and of commands.
	have=$PWD
	case $have in
	*[[:space:]:,\;\$\"\'\`\\]*)
		fail "the path of this checkout, $have, has a space or one of : , ; \$ \" ' \` \\ in it: please move it"
		;;
	esac
	;;
go)
	want=$(awk '$1 == "go" { print $2 }' go.mod)
	command -v go >/dev/null || fail "Go $want or newer is needed, and no go is on PATH: see https://go.dev/dl/"
	# Outside the checkout: where go.mod makes go fetch a newer go, the kernel has the old one.
	have=$(cd / && go env GOVERSION)
	version=$(echo "$have" | sed 's/^[^0-9]*//')
	at_least "$version" "$want" || fail "Go $want or newer is needed, this is $version: see https://go.dev/dl/"
	;;
python)
	want=$(sed -n 's/^requires-python = ">=\(.*\)"$/\1/p' tools/pyproject.toml)
	command -v "$PYTHON" >/dev/null ||
		fail "Python $want or newer is needed, and no $PYTHON is on PATH: name another with make PYTHON=python3.12"
	version=$("$PYTHON" -c 'import platform; print(platform.python_version())')
	at_least "$version" "$want" ||
		fail "Python $want or newer is needed, $PYTHON is $version: name another with make PYTHON=python3.12"
	"$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
		fail "$PYTHON cannot make virtual environments: on Debian and Ubuntu, apt install python3-venv"
	have="$version in $("$PYTHON" -c 'import sys; print(sys.base_prefix)')"
	;;
esac

mkdir -p .lab/have
echo "$have" | cmp -s - ".lab/have/$1" || echo "$have" >".lab/have/$1"
