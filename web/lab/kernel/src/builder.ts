// A worker that makes programs of cells: web/lab/driver says what the program is, Go's own compiler and
// linker make it. It builds one cell after another.

import "./wasm_exec.js";
import { fetched, tidy, type Site, type Told } from "./fetch.js";
import { Files } from "./files.js";

declare const Go: any;
interface Index {
	tools: Record<string, Site>; bundles: Record<string, Site>; first: string[]; later: string[]; programs: Record<string, Site>;
	packages: Record<string, { bundle?: string; at?: number; size: number }>; // archives in bundles
	env: Record<string, string>; files: Record<string, Site>; // of programs
}
interface Program { // see web/lab/cells
	error?: string; says: string; main: string; runs: boolean; digits: boolean; ready: string; bundles: string[];
	config: string; compile: string[]; link: string[]; imports: string[]; args: string[]; env: Record<string, string>;
}

const scope = self as any;
const base = new URL("../go/", self.location.href).href;
const told: Told = (text) => postMessage({ told: text });
const files = new Files((_, bytes) => { printed += new TextDecoder().decode(bytes); });
let printed = "";

scope.path = { resolve: (...parts: string[]) => files.resolve(parts.join("/")) };
scope.process = { getuid: () => -1, getgid: () => -1, geteuid: () => -1, getegid: () => -1, pid: 1, ppid: 0, cwd: () => "/cell", chdir() {}, umask: () => 0o22 };

// once keeps what a promise brought, and forgets one that failed, so that the next cell tries again.
function once<T>(begin: () => Promise<T>): () => Promise<T> {
	let promise: Promise<T> | undefined;
	return () => promise ??= begin().catch((error) => { promise = undefined; throw error; });
}

const index = once(async (): Promise<Index> => {
	const answer = await fetch(base + "index.json", { cache: "no-cache" }).catch((error) => error);
	if (!answer.ok) throw new Error(`the list of packages cannot be fetched (${answer.status ?? answer}). When the connection is back, run the cell again.`);
	const index: Index = await answer.json();
	tidy([index.tools, index.bundles, index.programs, index.files].flatMap((files) => Object.values(files)));
	return index;
});

const tool = (name: string, what: string) => once(async () => WebAssembly.compile((await fetched([(await index()).tools[name]], what, told))[0] as BufferSource));
const driverCode = tool("driver", "the reader of cells"), compile = tool("compile", "the Go compiler"), link = tool("link", "the Go linker");

const driver = once(async () => {
	const module = await driverCode();
	const ready = new Promise<void>((resolve) => { scope.driverReady = resolve; });
	scope.fs = files.fs;
	const go = new Go();
	go.run(await WebAssembly.instantiate(module, go.importObject));
	await ready;
	const { error } = JSON.parse(scope.driver.begin(JSON.stringify(await index())));
	if (error) throw new Error(`the list of packages cannot be read: ${error}`);
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

// archives fetches those bundles of them that have not come.
async function archives(names: string[]) {
	const { packages, bundles } = await index();
	await arriving; // what was asked for before
	const missing = names.filter((name) => !come.has(name));
	const arrival = fetched(missing.map((name) => bundles[name]), "packages", told).then((contents) => missing.forEach((name, i) => {
		come.add(name);
		for (const [path, { bundle, at = 0, size }] of Object.entries(packages)) if (bundle === name) files.put(`/pkg/${path}.a`, contents[i].subarray(at, at + size));
	}));
	arriving = arrival.catch(() => {});
	await arrival;
}
const come = new Set<string>();
let arriving = Promise.resolve();

// What nearly every cell needs is fetched before the first one runs, the rest after it. A first cell whose program comes with the lab
// is not kept waiting by either.
let over = () => {};
const first = new Promise<void>((resolve) => { over = resolve; });
let hold = Promise.resolve();
(async () => {
	for (const begin of [driver, link, async () => archives((await index()).first), () => first, compile, async () => archives((await index()).later)]) {
		await hold;
		await begin().catch(() => {}); // a cell will ask again, and say
	}
})();

// build makes the program of a cell, unless the stop button ends what it waits for.
type Unless = <T>(step: Promise<T>) => Promise<T>;
async function build(number: number, source: string, unless: Unless) {
	const cells = await unless(driver());
	const { env, files: site, programs } = await index();
	const program: Program = JSON.parse(cells.cell(number, source));
	if (program.error || !program.main) return program;
	if (program.runs && program.digits) postMessage({ soon: Object.fromEntries(Object.entries(site).filter(([path]) => path.includes("/mnist/"))) });
	const whole = (code: Uint8Array) => ({ ...program, env: { ...env, ...program.env }, files: site, code });
	if (program.ready) { // it comes with the lab
		hold = first;
		const [code] = await unless(fetched([programs[program.ready]], "the cell's program", told));
		cells.keep();
		return whole(code);
	}
	for (const begin of [compile, link]) begin().catch(() => {}); // beside the packages
	await unless(archives(program.bundles));
	for (const [name, text] of [["importcfg", program.config], ["main.go", program.main]]) files.put(`/cell/${name}`, new TextEncoder().encode(text));
	const compiler = await unless(compile());
	told("Compiling the cell.");
	try {
		await run(compiler, "compile", ...program.compile);
	} catch (error: any) {
		return { ...program, error: cells.explain(error.message) };
	}
	if (program.runs) {
		const linker = await unless(link());
		told("Linking the cell.");
		await unless(messages());
		await run(linker, "link", ...program.link);
	}
	await unless(messages());
	cells.keep();
	return program.runs ? whole(files.take("/cell/main.wasm")) : program;
}

// messages lets those in that have come meanwhile: a tool has the only thread while it runs.
const messages = () => new Promise<void>((done) => setTimeout(done));

let queue = Promise.resolve();
const stops = new Set<() => void>(); // of the cells that are built, or wait for it
onmessage = ({ data }) => {
	if (data.over) return over();
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
