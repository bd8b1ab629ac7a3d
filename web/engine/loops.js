// A Go program in WebAssembly, with the loops of nnlib/internal/arith that are WebAssembly, too,
// and use SIMD, which Go does not. For a worker (importScripts), a module (import) or Node (require).
"use strict";

// instantiateGo makes an instance of a program, to be run by the go of wasm_exec.js. If it was built
// with -tags wasmsimd it gets those modules of loops that run here. load(name) answers their bytes.
globalThis.instantiateGo = async function (code, go, load) {
	const program = await WebAssembly.compile(code);
	const wanted = WebAssembly.Module.imports(program).filter(({ module }) => module.startsWith("arith"));
	const modules = []; // one that asks for what this browser has not is refused as a whole
	for (const name of wanted.length > 0 ? ["simd", "relaxed"] : []) {
		const bytes = await load(`loops_${name}.wasm`);
		if (!WebAssembly.validate(bytes)) break;
		modules.push([`arith_${name}`, await WebAssembly.compile(bytes)]);
	}
	// The loops need the program's memory and the program the loops: functions that look them up
	// when they are called break the circle.
	const loops = {};
	const imports = { ...go.importObject, arith: { modules: () => modules.length } };
	for (const { module, name } of wanted) {
		if (module === "arith") continue;
		imports[module] ??= {};
		imports[module][name] = (...args) => loops[module][name](...args);
	}
	const instance = await WebAssembly.instantiate(program, imports);
	for (const [name, module] of modules) {
		loops[name] = (await WebAssembly.instantiate(module, { go: { mem: instance.exports.mem } })).exports;
	}
	return instance;
};
