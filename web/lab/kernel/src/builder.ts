// A worker that makes programs of cells: web/lab/driver says what the program is, Go's own compiler and
// linker make it. It builds one cell after another.

import "./wasm_exec.js";
import { fetched, tidy, unpacked, whole, type Told } from "./fetch.js";
import { Files } from "./files.js";

declare const Go: any;
interface File { name: string; size: number; packed: number }
interface Index { go: string; tools: Record<string, File>; packages: Record<string, { file: File; imports?: string[] }> }
interface Program { error?: string; says: string; main: string; runs: boolean; imports: string[]; args: string[]; env: Record<string, string> }

const scope = self as any;
const base = new URL("../go/", self.location.href).href;
const told: Told = (text) => postMessage({ told: text });
const files = new Files((_, bytes) => { printed += new TextDecoder().decode(bytes); });
let printed = "";

scope.path = { resolve: (...parts: string[]) => files.resolve(parts.join("/")) };
scope.process = { getuid: () => -1, getgid: () => -1, geteuid: () => -1, getegid: () => -1, pid: 1, ppid: 0, cwd: () => "/", chdir() {}, umask: () => 0o22 };

// once keeps what a promise brought, and forgets one that failed, so that the next cell tries again.
function once<T>(begin: () => Promise<T>): () => Promise<T> {
	let promise: Promise<T> | undefined;
	return () => promise ??= begin().catch((error) => { promise = undefined; throw error; });
}

const index = once(async (): Promise<Index> => {
	const answer = await fetch(base + "index.json", { cache: "no-cache" }).catch((error) => error);
	if (!answer.ok) throw new Error(`the list of packages cannot be fetched (${answer.status ?? answer}). When the connection is back, run the cell again.`);
	const index: Index = await answer.json();
	const all = [...Object.values(index.tools), ...Object.values(index.packages).map((p) => p.file)];
	tidy(new Set(all.map((file) => base + file.name)));
	return index;
});

const tool = (name: string, what: string) => once(async () => {
	const file = (await index()).tools[name];
	const [bytes] = await fetched([base + file.name], file.packed, what, told);
	return WebAssembly.compileStreaming(new Response(unpacked(bytes), { headers: { "Content-Type": "application/wasm" } }));
});
const compile = tool("compile", "the Go compiler"), link = tool("link", "the Go linker"), driverCode = tool("driver", "the reader of cells");

const driver = once(async () => {
	const module = await driverCode();
	const ready = new Promise<void>((resolve) => { scope.driverReady = resolve; });
	scope.fs = files.fs;
	const go = new Go();
	go.run(await WebAssembly.instantiate(module, go.importObject));
	await ready;
	scope.driver.begin(JSON.stringify(await index()));
	return scope.driver;
});

// run calls a tool as a command is called; what it prints is thrown where it fails.
async function run(module: WebAssembly.Module, ...argv: string[]) {
	printed = "";
	scope.fs = files.fs;
	const go = new Go();
	go.argv = argv;
	go.env = { GOOS: "js", GOARCH: "wasm", GOROOT: "/go", TMPDIR: "/tmp", GOGC: "400" }; // they do not live long
	let status = 0;
	go.exit = (code: number) => { status = code; };
	await go.run(await WebAssembly.instantiate(module, go.importObject));
	files.closeAll();
	if (status) throw new Error(printed);
}

// archives fetches what the packages consist of, with all that they import, and returns their paths.
async function archives(paths: string[]): Promise<string[]> {
	const { packages } = await index();
	const all = new Set<string>();
	const visit = (path: string) => {
		if (all.has(path) || !packages[path]?.file.name) return;
		all.add(path);
		packages[path].imports?.forEach(visit);
	};
	paths.forEach(visit);
	await arriving; // what an interrupted cell has asked for
	const missing = [...all].filter((path) => !files.has(`/pkg/${path}.a`));
	const arrival = (async () => {
		const bytes = await fetched(missing.map((path) => base + packages[path].file.name),
			missing.reduce((sum, path) => sum + packages[path].file.packed, 0), "the packages that the cell imports", told);
		for (const [i, path] of missing.entries()) files.put(`/pkg/${path}.a`, await whole(unpacked(bytes[i])));
	})();
	arriving = arrival.catch(() => {});
	await arrival;
	return [...all];
}
let arriving = Promise.resolve();

// build makes the program of a cell, unless the stop button ends what it waits for.
type Unless = <T>(step: Promise<T>) => Promise<T>;
async function build(number: number, source: string, unless: Unless) {
	const cells = await unless(driver());
	const program: Program = JSON.parse(cells.cell(number, source));
	if (program.error || !program.main) return program;
	const fetching = link(); // while the cell is compiled
	fetching.catch(() => {});
	const all = await unless(archives([...program.imports, "runtime"]));
	const text = new TextEncoder();
	files.put("/importcfg", text.encode(all.map((path) => `packagefile ${path}=/pkg/${path}.a\n`).join("") + "packagefile command-line-arguments=/main.a\n"));
	files.put("/main.go", text.encode(program.main));
	const compiler = await unless(compile());
	told("Compiling the cell.");
	try {
		await run(compiler, "compile", "-o=/main.a", "-p=main", "-complete", "-dwarf=false", "-importcfg=/importcfg", "-pack", "/main.go");
	} catch (error: any) {
		return { ...program, error: cells.explain(error.message) };
	}
	if (program.runs) {
		const linker = await unless(fetching.catch(link));
		told("Linking the cell.");
		await unless(messages());
		await run(linker, "link", "-o=/main.wasm", "-s", "-w", "-importcfg=/importcfg", "-buildmode=exe", "/main.a");
	}
	await unless(messages());
	cells.keep();
	return program.runs ? { ...program, code: files.take("/main.wasm") } : program;
}

// messages lets those in that have come meanwhile: a tool has the only thread while it runs.
const messages = () => new Promise<void>((done) => setTimeout(done));

let queue = Promise.resolve();
const stops = new Set<() => void>(); // of the cells that are built, or wait for it
onmessage = ({ data }) => {
	if (data.stop) return stops.forEach((stop) => stop());
	let stop = () => {};
	const stopped = new Promise<never>((_, reject) => { stop = () => reject(new Error("Interrupted")); });
	stopped.catch(() => {});
	stops.add(stop);
	queue = queue.then(async () => {
		const result: any = await answer(data, (step) => Promise.race([step, stopped])).catch((error) => ({ error: error.message }));
		stops.delete(stop);
		postMessage({ id: data.id, result }, { transfer: result?.code ? [result.code.buffer] : [] });
	});
};

async function answer({ source, number, explain }: { source: string; number: number; explain?: string }, unless: Unless) {
	return explain !== undefined ? (await driver()).explain(explain) : build(number, source, unless);
}
