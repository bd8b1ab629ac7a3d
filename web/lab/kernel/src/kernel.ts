// JupyterLab's side: a kernel that has Go cells built by one worker and run by another.

import type * as Lite from "@jupyterlite/services";
import type { KernelMessage } from "@jupyterlab/services";
import { help } from "./help.js";

const LISTENS = 700;  // milliseconds for a program to say that it has heard of an interrupt
const ENDS = 5000;    // for one that has, to come to its end
const SLOW = 1000;    // what takes longer says what it does
const LEAST = 1 << 14, MOST = 1 << 19; // printed at a time, by the sizes that runner.ts says

const running = new Set<{ value(address: string, value: unknown): void }>();
const subscribers = new Map<string, Map<number, (address: string, value: unknown) => void>>();
let subscriptions = 0;

// What a cell's page calls, as GoNB's own script has it; a value goes to each program that runs.
(globalThis as any).gonb_comm = {
	send(address: string, value: unknown) { for (const kernel of running) kernel.value(address, value); },
	subscribe(address: string, callback: (address: string, value: unknown) => void) {
		if (!subscribers.has(address)) subscribers.set(address, new Map());
		subscribers.get(address)!.set(++subscriptions, callback);
		return subscriptions;
	},
	unsubscribe(id: number) { for (const callbacks of subscribers.values()) callbacks.delete(id); },
};

interface Printed { name: "stdout" | "stderr"; print: string; size: number }
type Reply = KernelMessage.IExecuteReplyMsg["content"];

// Words beside the notebook: the first call shows them, others change them, none at all takes them away.
export type Beside = (text?: string) => void;

export function kernels(lite: typeof Lite, base: string, beside: () => Beside) {
	const worker = (name: string) => new Worker(new URL(name, base), { type: "module" });
	let ahead: Worker | undefined; // the first kernel's builder, which fetches while JupyterLab still starts
	try {
		ahead = worker("builder.js");
		ahead.onerror = (event) => { event.preventDefault(); ahead = undefined; };
	} catch { /* a cell will say so */ }

	return class GoKernel extends lite.BaseKernel {
		private kept = new Map<string, number>(); // the cells that have compiled, with their numbers
		private builder?: Worker;
		private runner?: Worker;
		private asked = new Map<number, (result: any) => void>();
		private asking = 0;
		private giveUp?: (result: { error: string }) => void; // ends the wait for a program
		private end?: (why: string) => void; // ends the program that runs
		private shown = new Set<string>();   // displays that exist
		private said = "";                   // what the cell shows while it waits
		private shows = false;               // whether it has shown anything else
		private beside = beside();
		private out: Promise<unknown> = Promise.resolve();

		dispose() {
			if (this.isDisposed) return;
			this.builder?.terminate();
			this.end?.("");
			this.runner?.terminate();
			clearTimeout(this.later);
			clearTimeout(this.next);
			this.beside();
			super.dispose();
		}

		// interrupt is called by the stop button; see index.ts.
		interrupt() {
			if (!this.end) { // it is built, and will not run
				this.builder?.postMessage({ stop: true });
				return this.giveUp?.({ error: "Interrupted: the cell ends here." });
			}
			this.runner!.postMessage({ interrupt: true });
			this.limit(LISTENS);
		}

		private timer?: ReturnType<typeof setTimeout>;
		private limit(ms: number) {
			clearTimeout(this.timer);
			this.timer = setTimeout(() => this.end?.("Interrupted: the cell ends here."), ms);
		}

		value(address: string, value: unknown) { this.runner?.postMessage({ value: { Address: address, Value: value } }); }

		// wait says what a cell does that takes long, until there is something else to show: in the cell, or beside
		// the notebook where the cell has shown something, which has to stay.
		private runs = false;   // a cell
		private since?: number; // when it began to wait
		private later?: ReturnType<typeof setTimeout>;
		private wait(text: string) {
			if (!text) return this.go();
			if (!this.runs) return;
			this.since ??= performance.now();
			clearTimeout(this.later);
			const early = this.since + SLOW - performance.now();
			if (early > 0) { this.later = setTimeout(() => this.wait(text), early); return; } // nothing else may come until then
			if (this.shows) return this.beside(text);
			const content = { data: { "text/plain": text }, metadata: {}, transient: { display_id: `wait-${this.id}-${this.executionCount}` } };
			if (this.said) this.updateDisplayData(content);
			else this.displayData(content);
			this.said = text;
		}
		private go(shows = this.shows) {
			this.shows = shows;
			clearTimeout(this.later);
			if (this.said) this.clearOutput({ wait: false });
			this.said = "";
			this.beside();
			this.since = undefined;
		}

		private ask(message: object): Promise<any> {
			if (!this.builder) {
				this.builder = ahead ?? worker("builder.js");
				ahead = undefined;
				this.builder.onmessage = ({ data }) => {
					if (data.told) return this.wait(data.told);
					if (data.soon) return this.programs().postMessage(data);
					this.asked.get(data.id)?.(data.result);
					this.asked.delete(data.id);
				};
				this.builder.onerror = (event) => {
					event.preventDefault();
					this.builder?.terminate();
					this.builder = undefined; // what cells have declared is gone with it
					this.kept.clear();
					const error = `the lab's builder of programs has stopped (${event.message ?? "it cannot be loaded"}). Run the cells above again.`;
					for (const done of this.asked.values()) done({ error });
					this.asked.clear();
				};
			}
			return new Promise((resolve) => {
				this.asked.set(++this.asking, resolve);
				this.builder!.postMessage({ id: this.asking, ...message });
			});
		}

		executeRequest({ code }: KernelMessage.IExecuteRequestMsg["content"]): Promise<Reply> {
			[this.runs, this.since, this.shows] = [true, performance.now(), false];
			return this.execute(code)
				.catch((error) => this.fails("ended", `The cell cannot be run: ${error.message ?? error}`)) // a worker that is refused
				.finally(() => { this.runs = false; this.builder?.postMessage({ over: true }); });
		}

		private async execute(code: string): Promise<Reply> {
			const built = await Promise.race([
				this.ask({ source: code, number: this.executionCount }),
				new Promise<any>((resolve) => { this.giveUp = resolve; }),
			]);
			if (built.says) { this.go(true); this.stream({ name: "stdout", text: built.says }); }
			if (built.error) return this.fails("not built", built.error);
			this.kept.delete(code); // it comes last
			this.kept.set(code, this.executionCount);
			if (!built.code) { this.go(); return this.done(); }
			const { status, why } = await this.run(built);
			await this.out;
			this.go();
			if (why) return this.fails("ended", why);
			return status ? this.fails("exit status", `exit status ${status}`) : this.done();
		}

		// programs is the worker that runs them.
		private programs() {
			if (!this.runner) {
				this.runner = worker("runner.js");
				this.runner.onerror = (event) => {
					event.preventDefault();
					this.runner = undefined;
					this.end?.(`The cell cannot be run: ${event.message ?? "its worker cannot be loaded"}.`);
				};
			}
			return this.runner;
		}

		private done(): Reply { return { status: "ok", execution_count: this.executionCount, user_expressions: {}, payload: [] }; }

		private fails(ename: string, evalue: string): Reply {
			this.go();
			const error = { ename, evalue, traceback: [evalue] };
			this.publishExecuteError(error);
			return { status: "error", execution_count: this.executionCount, ...error };
		}

		private run({ code, ...program }: { code: Uint8Array }) {
			this.shown.clear();
			this.sizes.all = 0;
			running.add(this);
			return new Promise<{ status: number; why: string }>((resolve) => {
				const over = (status: number, why: string) => {
					clearTimeout(this.timer);
					this.end = undefined;
					this.flush();
					running.delete(this);
					resolve({ status, why });
				};
				const kill = (why: string) => {
					runner.terminate();
					runner.onmessage = null; // what is still on its way
					this.runner = undefined;
					over(1, why);
				};
				this.end = kill;
				const runner = this.programs();
				runner.onmessage = ({ data }) => {
					if (data.told || data.told === "" && this.end) this.wait(data.told); // it may fetch while the next program is built
					else if (data.print !== undefined) this.print(data);
					else if (data.data) this.show(data.data);
					else if (data.input) { this.flush(); this.inTurn(() => this.inputRequest(data.input)); }
					else if (data.heard) this.limit(ENDS);
					else if (data.died) kill(data.died);
					else if (data.exit !== undefined) over(data.exit, "");
				};
				runner.postMessage({ code, ...program, folder: this.location }, [code.buffer]);
			});
		}

		// What a program prints is shown now and then; the more there is, the more at a time, as JupyterLab draws all
		// that a cell has printed anew for each piece.
		private pieces: Printed[] = [];      // not yet shown
		private sizes = { next: 0, all: 0 }; // of these, and of what the program has printed before
		private last = 0;                    // when something was shown
		private next?: ReturnType<typeof setTimeout>;
		private print(printed: Printed) {
			const piece = this.pieces.at(-1);
			if (piece?.name === printed.name) { piece.print += printed.print; piece.size += printed.size; }
			else this.pieces.push(printed);
			this.sizes.next += printed.size;
			if (this.sizes.next > Math.min(LEAST + this.sizes.all, MOST)) this.flush();
			else this.next ??= setTimeout(() => this.flush(), this.last + Math.min(100 + this.sizes.all / 100, 2000) - performance.now());
		}
		private flush() {
			clearTimeout(this.next);
			const runner = this.runner;
			for (const { name, print, size } of this.pieces) {
				// Where it names places in cells, they are told in the notebook's words.
				const text = name === "stderr" && print.includes("Cell[") ? this.ask({ explain: print }) : print;
				this.inTurn(async () => {
					this.stream({ name, text: await text });
					setTimeout(() => runner?.postMessage({ shown: size })); // when the page has had its turn
				});
			}
			[this.pieces, this.sizes, this.last, this.next] = [[], { next: 0, all: this.sizes.all + this.sizes.next }, performance.now(), undefined];
		}
		private inTurn(show: () => unknown) { this.out = this.out.then(() => { this.go(true); return show(); }); }

		// show is gonbui's SendData: something to see, or a value for the page.
		private show({ Data, Metadata, DisplayID }: { Data: Record<string, any>; Metadata: any; DisplayID: string }) {
			const value = Data["gonb/comm_value"];
			if (value) {
				for (const callback of subscribers.get(value.Address)?.values() ?? []) callback(value.Address, value.Value);
				return;
			}
			this.flush();
			this.inTurn(() => {
				const content = { data: Data, metadata: Metadata ?? {}, transient: DisplayID ? { display_id: DisplayID } : {} };
				if (!DisplayID || !this.shown.has(DisplayID)) this.displayData(content);
				else this.updateDisplayData(content as KernelMessage.IUpdateDisplayDataMsg["content"]);
				this.shown.add(DisplayID);
			});
		}

		inputReply(content: any) { this.runner?.postMessage({ input: content.value ?? "" }); }

		async kernelInfoRequest(): Promise<KernelMessage.IInfoReplyMsg["content"]> {
			return {
				status: "ok", implementation: "nnbook", implementation_version: "1", protocol_version: "5.3", banner: "Go, in this browser", help_links: [],
				language_info: { name: "go", version: "", mimetype: "text/x-go", file_extension: ".go", pygments_lexer: "go", codemirror_mode: "go", nbconvert_exporter: "" },
			};
		}
		completeRequest(asked: KernelMessage.ICompleteRequestMsg["content"]) { return help.complete(base, this.kept, asked); }
		inspectRequest(asked: KernelMessage.IInspectRequestMsg["content"]) { return help.inspect(base, this.kept, asked); }
		async isCompleteRequest(): Promise<any> { return { status: "unknown" }; }
		async commInfoRequest(): Promise<any> { return { status: "ok", comms: {} }; }
		async commOpen() {}
		async commMsg() {}
		async commClose() {}
	};
}
