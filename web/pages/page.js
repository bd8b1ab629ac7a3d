// Joins play.js to its workers: one to draw for, one to train, so that an answer to a stroke never
// waits for a training. Each is fetched when its part of the page comes near.
"use strict";

function begin(root, purpose) {
	const note = root.querySelector("p");
	const fail = (text) => { note.textContent = `This does not work here: ${text}`; };
	if (location.protocol === "file:") {
		fail("a browser lets only a file server's pages compute. In the folder of this page, python3 -m http.server is one.");
		return;
	}
	const worker = new Worker("play/worker.js", { name: `${purpose} ${document.body.dataset.digits}` });
	const port = { send: (text) => worker.postMessage(text), onmessage() {} };
	worker.onmessage = ({ data }) => {
		if (typeof data === "string") port.onmessage(data);
		else if (data.failed) fail(data.failed);
		else note.textContent = `Loading: ${(data.loaded / 1e6).toFixed(1)} MB …`;
	};
	worker.onerror = (event) => fail(event.message || "the worker cannot be loaded.");
	nnbookPlay[purpose](root, port);
}

const near = new IntersectionObserver((entries) => {
	for (const { isIntersecting, target } of entries) {
		if (!isIntersecting) continue;
		near.unobserve(target);
		begin(target, target.id);
	}
}, { rootMargin: "300px" });
for (const id of ["draw", "knobs"]) near.observe(document.getElementById(id));
