// Fetches the lab's files, and unpacks them: with a word on how far it is, on from where a download breaks
// off, and once only, as the browser keeps them, unpacked, by the hash of what was fetched.

import { XzReadableStream } from "./xz-decompress.js";

export interface Site { url: string; hash: string; size: number; packed: number } // from the folder above this one; bytes unpacked, and as they lie there
export type Told = (text: string) => void;

const base = new URL("../", self.location.href).href;
const ATTEMPTS = 5; // that bring nothing
const BREATH = 50;  // milliseconds
const going = new Map<string, string>(); // what is fetched, and how far it is
const mb = (bytes: number) => (bytes / 1e6).toFixed(1);

// store is the browser's, or nothing: in some windows and on http it keeps nothing.
const store = async () => { try { return await caches.open("nnbook-go"); } catch { return undefined; } };
const key = (file: Site) => new URL(`${file.url}?${file.hash}`, base).href;

// tidy forgets what is not of this version of the site; there may be others beside it.
export async function tidy(files: Site[]) {
	const kept = await store(), keys = new Set(files.map(key)), site = new URL("../../", base).href;
	for (const { url } of await kept?.keys() ?? []) if (url.startsWith(site) && !keys.has(url)) await kept!.delete(url);
}

// fetched returns the files, unpacked. what says what they are.
export async function fetched(files: Site[], what: string, told: Told): Promise<Uint8Array[]> {
	const say = (text: string) => { going.set(what, text); told(`Fetching ${[...going.values()].join("; ")}.`); };
	const kept = await store();
	const total = files.reduce((sum, file) => sum + file.packed, 0), loaded = new Map<Site, number>();
	const step = (file: Site, got: number, more = "") => {
		loaded.set(file, got);
		say(`${what}, ${mb([...loaded.values()].reduce((a, b) => a + b))} of ${mb(total)} MB${more}`);
	};
	try {
		return await Promise.all(files.map(async (file) => {
			const copy = await kept?.match(key(file)).catch(() => undefined);
			if (copy) {
				loaded.set(file, file.packed);
				return new Uint8Array(await copy.arrayBuffer());
			}
			step(file, 0);
			let bytes: Uint8Array = await download(file, step).catch((error) => {
				throw new Error(`${what} cannot be fetched (${file.url.split("/").pop()}: ${error.message}). When the connection is back, run the cell again.`);
			});
			if (file.size > 1e7) say(`${what} (unpacking)`);
			bytes = await unpacked(file, bytes);
			await kept?.put(key(file), new Response(bytes as BodyInit)).catch(() => {}); // there may be no room
			return bytes;
		}));
	} finally {
		going.delete(what);
	}
}

// unpacked lets a worker hear what it is asked meanwhile: the parts of a stream by themselves leave it no time.
async function unpacked(file: Site, packed: Uint8Array) {
	const stream = new Blob([packed as BlobPart]).stream(), bytes = new Uint8Array(file.size);
	const plain = file.url.endsWith(".xz") ? new XzReadableStream(stream) : file.url.endsWith(".gzip") ? stream.pipeThrough(new DecompressionStream("gzip")) : stream;
	const reader = plain.getReader();
	let got = 0, last = performance.now();
	for (let part; !(part = await reader.read()).done; got += part.value.length) {
		bytes.set(part.value, got);
		if (performance.now() - last > BREATH) {
			await new Promise((wake) => setTimeout(wake));
			last = performance.now();
		}
	}
	return bytes;
}

// download returns a file as it lies on the site. A server that can is asked for the rest alone where it breaks off.
async function download(file: Site, step: (file: Site, got: number, more?: string) => void) {
	const bytes = new Uint8Array(file.packed);
	let got = 0, most = 0;
	for (let attempt = 1; ; attempt++) {
		try {
			const again: RequestInit = got ? { headers: { Range: `bytes=${got}-` }, cache: "no-store" } : attempt > 1 ? { cache: "reload" } : {};
			const answer = await fetch(base + file.url, again);
			if (!answer.ok) throw new Error(`status ${answer.status}`);
			if (answer.status !== 206) got = 0;
			const reader = answer.body!.getReader();
			for (let part; !(part = await reader.read()).done; got += part.value.length, step(file, got)) {
				if (got + part.value.length > bytes.length) throw wrong();
				bytes.set(part.value, got);
			}
			if (got < bytes.length) throw new Error(`broken off after ${mb(got)} MB`);
			if (!await intact(bytes, file.hash)) throw wrong();
			return bytes;
		} catch (error: any) {
			if (error.wrong) got = 0;
			else if (got > most) [most, attempt] = [got, 0]; // it goes on, if slowly
			if (attempt === ATTEMPTS) throw error;
			step(file, got, ` (${error.wrong ? "other bytes than the site has" : "broken off"}: it is tried again)`);
			await new Promise((wake) => setTimeout(wake, 250 * 2 ** attempt));
		}
	}
}

const wrong = () => Object.assign(new Error("not what the site has: other bytes"), { wrong: true });

// intact compares with the hash, which has the first digits of SHA-256. Browsers compute that on https and on localhost only;
// elsewhere the check sum in the file itself has to do.
async function intact(bytes: Uint8Array, hash: string) {
	if (!crypto.subtle) return true;
	const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource));
	return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("").startsWith(hash);
}
