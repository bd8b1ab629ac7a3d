// Names completed and explained: Tab and Shift-Tab in a cell. The worker that knows them is begun by the first
// question, and all notebooks share it. A cell that runs does not keep it waiting.

type Cells = Map<string, number>;

let worker: Worker | undefined;
const asked = new Map<number, (answer: any) => void>();
let asking = 0;

function begin(base: string) {
	const end = () => { // the next question begins another
		worker?.terminate();
		worker = undefined;
		for (const done of asked.values()) done(undefined);
		asked.clear();
	};
	worker = new Worker(new URL("helper.js", base), { type: "module" });
	worker.onerror = (event) => { event.preventDefault(); end(); };
	worker.onmessage = ({ data: { id, answer, failed } }) => {
		asked.get(id)?.(answer);
		asked.delete(id);
		if (failed) { console.info(`no help on names: ${failed}`); end(); }
	};
	return worker;
}

const ask = (base: string, what: string, cells: Cells, Source: string, Cursor: number) => new Promise<any>((resolve) => {
	const question = { Cells: [...cells].map(([Source, Number]) => ({ Number, Source })), Source, Cursor };
	asked.set(++asking, resolve);
	(worker ?? begin(base)).postMessage({ id: asking, what, question });
});

export const help = {
	async complete(base: string, cells: Cells, { code, cursor_pos }: { code: string; cursor_pos: number }): Promise<any> {
		const { Start, End, Names } = await ask(base, "complete", cells, code, cursor_pos) ?? { Start: cursor_pos, End: cursor_pos, Names: [] };
		const types = Names.map(({ Text, Kind }: any) => ({ text: Text, type: Kind, start: Start, end: End }));
		return { status: "ok", matches: types.map(({ text }: any) => text), cursor_start: Start, cursor_end: End, metadata: { _jupyter_types_experimental: types } };
	},
	async inspect(base: string, cells: Cells, { code, cursor_pos }: { code: string; cursor_pos: number }): Promise<any> {
		const text = await ask(base, "inspect", cells, code, cursor_pos);
		return { status: "ok", found: !!text, data: text ? { "text/plain": text } : {}, metadata: {} };
	},
};
