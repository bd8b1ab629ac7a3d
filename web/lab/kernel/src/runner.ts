// A worker that runs programs, one at a time. It is ended with a program that does not listen.

import "./wasm_exec.js";
import "./loops.js"; // for nnlib, whose inner loops are modules of their own
import { fetched, type Site } from "./fetch.js";
import { Files } from "./files.js";

declare const Go: any;
const scope = self as any;
const HOME = "/home"; // the book's folder in it is where notebooks lie
const MOST = 1 << 30; // bytes of memory that a program may have

// What it prints goes out at once, as a program that does not pause could not send it later.
let decoders: (TextDecoder | undefined)[] = [];
const MESSAGE = 64;    // what one costs, in characters
const AHEAD = 1 << 20; // characters that the page may be behind: it must hear the stop button
let ahead = 0, wake = () => {};
function print(fd: number, bytes: Uint8Array) {
	const text = (decoders[fd] ??= new TextDecoder()).decode(bytes, { stream: true }), size = text.length + MESSAGE;
	if (!text) return; // the beginning of a letter
	ahead += size;
	postMessage({ print: text, name: fd === 1 ? "stdout" : "stderr", size });
	if (ahead > AHEAD) return new Promise<void>((resolve) => { const before = wake; wake = () => { before(); resolve(); }; });
}

// What programs write beside the notebooks, the browser keeps.
const open = new Promise<IDBDatabase | undefined>((resolve) => {
	try {
		const request = indexedDB.open(`nnbook files of ${new URL("../..", self.location.href).pathname}`);
		request.onupgradeneeded = () => request.result.createObjectStore("files");
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => resolve(undefined);
	} catch { resolve(undefined); } // a window that keeps nothing
});
let database: IDBDatabase | undefined;
const pending = new Set<Promise<void>>();
function changed(path: string, data?: Uint8Array) {
	if (!path.startsWith(`${HOME}/book/`) || !database) return;
	const kept = new Promise<void>((resolve) => {
		const change = database!.transaction("files", "readwrite");
		if (data) change.objectStore("files").put(data, path);
		else change.objectStore("files").delete(path);
		change.oncomplete = change.onabort = () => { pending.delete(kept); resolve(); };
		change.commit(); // also where the program does not pause
	});
	pending.add(kept);
}

// What a program waits for that comes from outside.
let waits = 0;
const outside = <T>(promise: Promise<T>) => { waits++; return promise.finally(() => waits--); };

// Input is asked for when the program reads it.
let answer: ((text: string) => void) | undefined;
const typed: Promise<Uint8Array>[] = []; // asked for before a program reads it
let asked: Promise<unknown> = Promise.resolve();
const input = (prompt = "", password = false) => {
	const typing = asked.then(() => type(prompt, password)); // one after another
	asked = typing;
	return outside(typing);
};
const type = (prompt: string, password: boolean) => new Promise<Uint8Array>((resolve) => {
	answer = (text) => resolve(new TextEncoder().encode(text + "\n"));
	postMessage({ input: { prompt, password } });
});

const files = new Files(print, async () => typed.shift() ?? input(), changed, async (site, path) => {
	const what = path.includes("/mnist/") ? "MNIST" : path.split("/").pop()!;
	return (await outside(fetched([site], what, (text) => postMessage({ told: text })).finally(() => postMessage({ told: "" }))))[0];
});

// Files that another notebook's cell has written or removed meanwhile: the next cell sees it.
let seen: string[] = [];
async function others() {
	if (!(database = await open)) return;
	await new Promise<void>((resolve) => {
		const all = database!.transaction("files").objectStore("files"), keys = all.getAllKeys(), values = all.getAll();
		values.onsuccess = () => {
			for (const path of seen) if (!keys.result.includes(path)) files.remove(path);
			seen = keys.result as string[];
			seen.forEach((path, i) => files.put(path, values.result[i]));
			resolve();
		};
		values.onerror = () => resolve();
	});
}

scope.path = { resolve: (...parts: string[]) => files.resolve(parts.join("/")) };
scope.process = {
	getuid: () => -1, getgid: () => -1, geteuid: () => -1, getegid: () => -1, pid: 1, ppid: 0, umask: () => 0o22,
	cwd: () => files.cwd, chdir(path: string) { files.cwd = files.resolve(path); },
};
// What _gonbui/gonbui.go calls.
scope.gonbSend = (text: string) => {
	const data = JSON.parse(text), wanted = data.Data["gonb/jupyter_input"];
	if (wanted) { typed.push(input(wanted.Prompt, wanted.Password)); return; }
	listens ||= !!data.Data["gonb/comm_subscribe"];
	postMessage({ data });
};

const loops = async (name: string) => { // kept, once fetched
	kept[name] ??= await (await fetch(new URL(name, self.location.href))).arrayBuffer();
	return kept[name];
};
const kept: Record<string, ArrayBuffer> = {};

// deadlock tells a program of which every part waits for another, and for nothing from outside, what Go says
// elsewhere: there it notices by itself.
let listens = false; // what it has from the page may wake it
function deadlock(go: any) {
	let resumed = 0, before = -1;
	const resume = go._resume;
	go._resume = () => { resumed++; resume.call(go); };
	return setInterval(() => {
		if (resumed === before && !waits && !listens && ahead <= AHEAD && !scope.interrupted && !go._scheduledTimeouts.size) {
			go._pendingEvent = { id: 0 }; // as wasm_exec_node.js has it
			go._resume();
		}
		before = resumed;
	}, 200);
}

// A port that is open keeps alive whoever listens to it, and would a program that has ended, with its memory.
const channels: MessageChannel[] = [];
scope.MessageChannel = class extends MessageChannel { constructor() { super(); channels.push(this); } };
function forget() {
	for (const { port1 } of channels.splice(0)) port1.close();
	delete scope.interrupted;
	delete scope.gonbReceive;
}

interface Program { code: Uint8Array; args: string[]; env: Record<string, string>; imports: string[]; files: Record<string, Site>; folder: string }

const lies = (site: Record<string, Site>) => { for (const [path, file] of Object.entries(site)) if (!files.has(path)) files.put(path, new Uint8Array(), file); };

async function run({ code, args, env, imports, files: site, folder }: Program) {
	lies(site);
	await others();
	files.closeAll();
	files.cwd = `${HOME}/book${folder && "/" + folder}`;
	files.folder(files.cwd); // which holds notebooks alone, that the page has
	scope.fs = files.fs;
	[typed.length, asked] = [0, Promise.resolve()];
	const go = new Go();
	go.argv = ["main", ...args];
	go.env = { HOME, TMPDIR: "/tmp", PWD: files.cwd, GOMEMLIMIT: "700MiB", ...env };
	const grown = go.importObject.gojs["runtime.resetMemoryDataView"];
	go.importObject.gojs["runtime.resetMemoryDataView"] = (sp: number) => {
		if (go._inst.exports.mem.buffer.byteLength > MOST) throw new Error("memory");
		grown(sp);
	};
	let status = 0;
	go.exit = (code: number) => { status = code; };
	listens = imports.includes("syscall/js");
	[ahead, decoders] = [0, []];
	const instance = await scope.instantiateGo(code, go, loops);
	const watch = deadlock(go);
	await go.run(instance).finally(() => { clearInterval(watch); forget(); });
	await Promise.all(pending);
	postMessage({ exit: status });
}

// died says why a program is no more that did not end by itself; the worker goes with it.
function died(error: any) {
	const text = String(error?.message ?? error);
	const why = /call stack|too much recursion/i.test(text) ? "The cell went too deep: a function calls itself without end, or nearly."
		: /^memory$|out of memory/i.test(text) ? "The cell wanted more memory than the lab gives it (1 GB)."
			: `The cell has broken off: ${text}`;
	postMessage({ died: why });
}
scope.addEventListener("error", (event: ErrorEvent) => { event.preventDefault(); died(event.error ?? event.message); });
scope.addEventListener("unhandledrejection", (event: PromiseRejectionEvent) => { event.preventDefault(); died(event.reason); });

onmessage = ({ data }) => {
	if (data.code) run(data).catch(died);
	else if (data.soon) { // while the program is built that will want it
		lies(data.soon);
		for (const path of Object.keys(data.soon)) files.bring(path);
	}
	else if (data.value) scope.gonbReceive?.(JSON.stringify(data.value));
	else if (data.shown) {
		ahead = Math.max(0, ahead - data.shown);
		if (ahead <= AHEAD) { wake(); wake = () => {}; }
	} else if (data.input !== undefined) answer?.(data.input);
	else if (data.interrupt && scope.interrupted) { // nb listens
		scope.interrupted();
		postMessage({ heard: true });
	}
};
