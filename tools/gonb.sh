#!/bin/sh
# Builds GoNB, the kernel, as tools/go.mod pins it, with a few lines more:
#  - its language is Go for Pygments, too: without, web pages and PDFs of a notebook are coloured as Python;
#  - a shell line (!cat) that nobody has given input (%with_inputs) finds its end, and does not wait for ever;
#  - a stop between the build of a cell and its start is heard, and a kernel that ends just then ends the cell.
set -eu

gonb=github.com/janpfeifer/gonb
copy=$PWD/.lab/gonb
go -C tools mod download $gonb
rm -rf "$copy"
cp -R "$(go -C tools list -m -f '{{.Dir}}' $gonb)" "$copy"
chmod -R u+w "$copy"

# add FILE BEFORE LINE: puts LINE before the one line that BEFORE matches.
add() {
	awk -v before="$2" -v line="$3" '$0 ~ before { print line; n++ } { print } END { exit n != 1 }' "$copy/$1" >"$copy/new" ||
		{ echo "tools/gonb.sh: $1 of this GoNB has not one line that matches $2" >&2; exit 1; }
	mv "$copy/new" "$copy/$1"
}
add internal/kernel/messages.go 'MIMEType: +"text/x-go",$' 'PygmentsLexer: "go",'
add internal/jpyexec/jpyexec.go '// Start command[.]$' \
	'if exec.millisecondsToInput <= 0 && exec.stdinContent == nil && !exec.useNamedPipes { _ = exec.cmdStdin.Close() }'
add internal/jpyexec/jpyexec.go '// Start command[.]$' \
	'if exec.Msg.Kernel().Interrupted.Load() { return errors.New("Interrupted: the cell has not begun.") }'
add internal/jpyexec/jpyexec.go 'var interruptId kernel.SubscriptionId$' \
	'go func() { select { case <-exec.doneChan: case <-exec.Msg.Kernel().StoppedChan(): _ = cmd.Process.Signal(os.Interrupt) } }()'

cp tools/go.mod "$copy/build.mod"
cp tools/go.sum "$copy/build.sum"
go mod edit -replace="$gonb=$copy" "$copy/build.mod"
go -C tools install -modfile="$copy/build.mod" $gonb
rm -rf "$copy"
