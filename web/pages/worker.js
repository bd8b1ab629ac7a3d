// The book's library in a thread of its own, as WebAssembly: see web/engine. The name of the
// worker says what it is for and which digits there are: "draw mnist". What it posts is text for
// play.js, and until it is ready {loaded: bytes} or {failed: text}.
"use strict";

importScripts("wasm_exec.js", "loops.js", "mount.js");

const MNIST = {
	draw: ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"],
	knobs: ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"],
};
let loaded = 0;

// load fetches a file that lies beside this one, and tells how far it is.
async function load(name) {
	const answer = await fetch(name);
	if (!answer.ok) throw new Error(`${name}: status ${answer.status}`);
	const chunks = [];
	const reader = answer.body.getReader();
	for (let part; !(part = await reader.read()).done;) {
		chunks.push(part.value);
		loaded += part.value.length;
		postMessage({ loaded });
	}
	return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

// unpacked undoes gzip, unless the server has said that the browser should.
async function unpacked(content) {
	if (content[0] !== 0x1f || content[1] !== 0x8b) return content;
	return new Response(new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

(async () => {
	const [purpose, digits] = self.name.split(" ");
	const names = digits === "mnist" ? [...MNIST[purpose]] : [];
	if (purpose === "draw") names.push("reader.npz");
	const [code, ...contents] = await Promise.all(["nnbook.wasm.gz", ...names].map(load));
	mount(new Map(names.map((name, i) => ["/" + name, contents[i]])));
	const go = new Go();
	go.argv = ["nnbook", purpose, digits];
	const instance = await instantiateGo(await unpacked(code), go, load);
	await go.run(instance);
})().catch((error) => postMessage({ failed: String(error) }));
