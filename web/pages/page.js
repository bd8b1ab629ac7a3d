// Joins draw.js and knobs.js to their workers: one to draw for, one to train, so that an answer to
// a stroke never waits for a training. A part is loaded when it comes near, one at a time and the first of them first.
"use strict";

const SILENT = 15_000; // milliseconds without a word of the worker, after which the reader may try again

// begin loads one part, which is in root; the promise ends when it is there, or cannot be had.
function begin(root) {
	return new Promise((resolve) => {
		const total = (root.dataset.bytes / 1e6).toFixed(1);
		let worker, timer, failed = false;
		const say = (text, again) => {
			const note = document.createElement("p");
			note.setAttribute("role", "status");
			note.textContent = text;
			if (again) {
				const button = document.createElement("button");
				button.textContent = "Try again";
				button.onclick = () => { worker?.terminate(); start(); };
				note.append(" ", button);
			}
			root.replaceChildren(note);
		};
		const fail = (text) => {
			if (failed) return;
			failed = true;
			clearTimeout(timer);
			worker?.terminate();
			say(`This does not work here: ${text}`, true);
			resolve();
		};
		const listen = () => {
			clearTimeout(timer);
			timer = setTimeout(() => say("Nothing has come for a while.", true), SILENT);
		};
		const start = () => {
			failed = false;
			if (location.protocol === "file:") {
				fail("a browser lets only a file server's pages compute. In the folder of this page, python3 -m http.server is one.");
				return;
			}
			say(`Loading, ${total} MB …`);
			listen();
			try {
				worker = new Worker("play/worker.js", { name: `${root.id} ${document.body.dataset.digits}` });
			} catch (error) {
				fail(`the browser starts no worker (${error.message}).`);
				return;
			}
			const mine = worker;
			const port = { send: (text) => { if (mine === worker) mine.postMessage(text); }, onmessage() {} };
			worker.onmessage = ({ data }) => {
				if (failed) return;
				if (typeof data === "string") {
					clearTimeout(timer);
					port.onmessage(data);
					resolve();
				} else if (data.failed) fail(data.failed);
				else {
					say(`Loading: ${(data.loaded / 1e6).toFixed(1)} of ${total} MB …`);
					listen();
				}
			};
			worker.onerror = (event) => fail(event.message || "the worker cannot be loaded.");
			nnbookPlay[root.id](root, port);
		};
		start();
	});
}

let before = Promise.resolve();
const near = new IntersectionObserver((entries) => {
	for (const { isIntersecting, target } of entries) {
		if (!isIntersecting) continue;
		near.unobserve(target);
		before = before.then(() => begin(target));
	}
}, { rootMargin: "300px" });
for (const root of document.querySelectorAll(".hands")) near.observe(root);
