// A worker that says which names may stand at a place and what they mean: web/lab/helper, with what the site
// says of the packages.

import "./wasm_exec.js";
import { fetched } from "./fetch.js";

declare const Go: any;
const scope = self as any;
const base = new URL("../go/", self.location.href).href;

const ready = (async () => {
	const index = await (await fetch(base + "index.json", { cache: "no-cache" })).text();
	const { helper, reference } = JSON.parse(index).tools;
	const [program, known] = await fetched([helper, reference], "help on names", () => {});
	const go = new Go();
	const begun = new Promise<void>((resolve) => { scope.helperReady = resolve; });
	const { instance } = await WebAssembly.instantiate(program as BufferSource, go.importObject);
	go.run(instance);
	await begun;
	const wrong = scope.helper.begin(index, known);
	if (wrong) throw new Error(wrong);
})();

onmessage = async ({ data: { id, what, question } }) => {
	try {
		await ready;
		postMessage({ id, answer: JSON.parse(scope.helper[what](JSON.stringify(question))) });
	} catch (error) {
		postMessage({ id, failed: String(error) });
	}
};
