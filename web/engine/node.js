// node node.js PROGRAM.wasm ARGUMENTS: runs a Go program with the loops of loops.js. Tests use it as
// go test -exec, and so does make bench; without the loops Go's own wasm_exec_node.js does.
"use strict";

const { execFileSync } = require("child_process");
const fs = require("fs");
const path = require("path");

if (process.argv.length < 3) {
	console.error("usage: node node.js PROGRAM.wasm ARGUMENTS");
	process.exit(2);
}
// Node has what follows switched off by default up to version 20.
const relaxed = fs.readFileSync(path.join(__dirname, "../../nnlib/internal/arith/loops_relaxed.wasm"));
if (!WebAssembly.validate(relaxed)) require("v8").setFlagsFromString("--experimental-wasm-relaxed-simd");

Object.assign(globalThis, { fs, path, require });
require(path.join(execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim(), "lib/wasm/wasm_exec.js"));
require("./loops.js");

const go = new Go();
go.argv = process.argv.slice(2);
go.env = { TMPDIR: require("os").tmpdir(), ...process.env };
go.exit = process.exit;
const load = (name) => fs.readFileSync(path.join(__dirname, "../../nnlib/internal/arith", name));
instantiateGo(fs.readFileSync(process.argv[2]), go, load).then((instance) => {
	process.on("exit", (code) => { // Go says so if all its goroutines wait for ever
		if (code !== 0 || go.exited) return;
		go._pendingEvent = { id: 0 };
		go._resume();
	});
	return go.run(instance);
}).catch((error) => {
	console.error(error);
	process.exit(1);
});
