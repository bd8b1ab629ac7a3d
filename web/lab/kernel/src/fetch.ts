// Fetches the lab's files: with a word on how far it is, again where it breaks off, and once only, as
// the browser keeps them under their names, which have a hash of the content.

const CACHE = "nnbook-go";
const ATTEMPTS = 4;

export type Told = (text: string) => void;

// unpacked undoes gzip, unless a server has had the browser undo it.
export const unpacked = (bytes: Uint8Array): ReadableStream<Uint8Array> => {
	const stream = new Blob([bytes as BlobPart]).stream();
	return bytes[0] === 0x1f && bytes[1] === 0x8b ? stream.pipeThrough(new DecompressionStream("gzip")) : stream;
};

export const whole = async (stream: ReadableStream<Uint8Array>) => new Uint8Array(await new Response(stream).arrayBuffer());

// store is the browser's, or nothing: in some windows and on http it keeps nothing.
const store = async () => { try { return await caches.open(CACHE); } catch { return undefined; } };

// fetched returns the files as they lie on the site. packed is their size in bytes, what says what they are.
export async function fetched(urls: string[], packed: number, what: string, told: Told): Promise<Uint8Array[]> {
	const kept = await store();
	const total = (packed / 1e6).toFixed(1);
	let loaded = 0;
	const one = async (url: string): Promise<Uint8Array> => {
		const copy = await kept?.match(url).catch(() => undefined);
		if (copy) return new Uint8Array(await copy.arrayBuffer());
		for (let attempt = 1; ; attempt++) {
			let got = 0;
			try {
				const answer = await fetch(url);
				if (!answer.ok) throw new Error(`status ${answer.status}`);
				const parts: Uint8Array[] = [];
				const reader = answer.body!.getReader();
				for (let part; !(part = await reader.read()).done;) {
					parts.push(part.value);
					got += part.value.length;
					loaded += part.value.length;
					told(`Fetching ${what}: ${(loaded / 1e6).toFixed(1)} of ${total} MB.`);
				}
				const bytes = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
				await kept?.put(url, new Response(bytes as BodyInit)).catch(() => {});
				return bytes;
			} catch (error) {
				loaded -= got;
				if (attempt === ATTEMPTS) throw new Error(`${what} cannot be fetched (${url.split("/").pop()}: ${error}). When the connection is back, run the cell again.`);
				await new Promise((wake) => setTimeout(wake, 500 * 2 ** attempt));
			}
		}
	};
	const results: Uint8Array[] = [];
	let next = 0;
	await Promise.all(Array.from({ length: 6 }, async () => { // at once
		for (let i; (i = next++) < urls.length;) results[i] = await one(urls[i]);
	}));
	return results;
}

// tidy forgets what is not of this version of the site.
export async function tidy(urls: Set<string>) {
	const kept = await store();
	for (const request of await kept?.keys() ?? []) if (!urls.has(request.url)) await kept!.delete(request);
}
