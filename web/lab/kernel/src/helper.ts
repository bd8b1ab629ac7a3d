// A worker that says which names may stand at a place and what they mean: web/lab/helper, with what the site
// says of the packages.

import "./wasm_exec.js";
import { fetched, unpacked, whole } from "./fetch.js";

declare const Go: any;
const scope = self as any;
const base = new URL("../go/", self.location.href).href;

const ready = (async () => {
	const index = await (await fetch(base + "index.json", { cache: "no-cache" })).text();
	const { helper, reference } = JSON.parse(index).tools;
	const [program, known] = await Promise.all([helper, reference].map(async (file) =>
		unpacked((await fetched([base + file.name], file.packed, "help on names", () => {}))[0])));
	const go = new Go();
	const begun = new Promise<void>((resolve) => { scope.helperReady = resolve; });
	const { instance } = await WebAssembly.instantiateStreaming(new Response(program, { headers: { "Content-Type": "application/wasm" } }), go.importObject);
	go.run(instance);
	await begun;
	const wrong = scope.helper.begin(index, await whole(known));
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
