// Runs a Go program in a worker, for tests and make bench: told {program, arguments, environment,
// files, where each lies}, it posts what the program prints and, when that has ended, its exit code.
"use strict";

importScripts("wasm_exec.js", "loops.js", "mount.js");

const load = async (name) => {
	const answer = await fetch(name);
	if (!answer.ok) throw new Error(`${name}: status ${answer.status}`);
	return new Uint8Array(await answer.arrayBuffer());
};

onmessage = async ({ data }) => {
	try {
		mount(new Map(await Promise.all(Object.entries(data.files).map(async ([path, name]) => [path, await load(name)]))));
		const decoder = new TextDecoder();
		globalThis.fs.writeSync = (file, bytes) => {
			postMessage({ said: decoder.decode(bytes, { stream: true }) });
			return bytes.length;
		};
		const go = new Go();
		go.argv = [data.program, ...data.arguments];
		go.env = data.environment;
		go.exit = (code) => postMessage({ code });
		await go.run(await instantiateGo(await load(data.program), go, load));
	} catch (error) {
		postMessage({ said: `${error}\n`, code: 1 });
	}
};
