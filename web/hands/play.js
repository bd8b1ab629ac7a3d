// What the page's halves of nb/play share: the line to the engine, and the controls. The paper to
// draw on is in draw.js, the knobs of a training in knobs.js; both come after this file. What is
// said to the engine stands in session.go.
//
//	nnbookPlay.draw(root, port)     root: an element, whose content stays until
//	nnbookPlay.knobs(root, port)    the engine answers
//
// A port has send(text), and calls its onmessage(text): a cell's comms, or a
// worker. Nothing here asks for anything from elsewhere.
(() => {
	"use strict";

	// connect says hello until the engine is ready, then calls start once. It
	// returns say, which sends a message and returns its number. Numbers begin
	// with the time, so that they grow from one page to the next.
	function connect(port, start, on) {
		let n = Date.now();
		const say = (message) => {
			port.send(JSON.stringify({ ...message, n: ++n }));
			return n;
		};
		port.onmessage = (text) => {
			const message = JSON.parse(text);
			if (message.kind === "ready" && start) {
				clearInterval(asking);
				start(message);
				start = null;
			} else if (on[message.kind]) {
				on[message.kind](message);
			}
		};
		const asking = setInterval(() => say({ kind: "hello" }), 250);
		say({ kind: "hello" });
		return say;
	}

	// make returns an element; properties that begin with "on" are listeners.
	function make(tag, properties = {}, ...children) {
		const element = document.createElement(tag);
		for (const [name, value] of Object.entries(properties)) {
			if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
			else if (value !== false) element.setAttribute(name, value === true ? "" : value);
		}
		element.append(...children);
		return element;
	}

	const svg = (tag, properties, ...children) => {
		const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
		for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
		element.append(...children);
		return element;
	};

	// slider returns a labelled slider; its value is an index where there is a
	// list of values. text says what stands beside the label.
	function slider(label, { min = 0, max, step = 1, value, list, text = String, change }) {
		if (list) [max, value] = [list.length - 1, list.indexOf(value)];
		const shown = make("span", { class: "nnplay-value", "aria-hidden": "true" }); // heard as valuetext
		const input = make("input", { type: "range", min, max, step, value });
		const get = () => (list ? list[+input.value] : +input.value);
		const show = () => {
			shown.textContent = text(get());
			input.setAttribute("aria-valuetext", text(get()));
		};
		input.addEventListener("input", () => { show(); change(); });
		show();
		return {
			element: make("label", { class: "nnplay-slider" }, make("span", {}, label, " ", shown), input),
			get,
			set(v) { input.value = list ? list.indexOf(v) : v; show(); },
			reset() { input.value = input.defaultValue; show(); },
		};
	}

	// speaker returns an element for those who hear the page, and a function
	// that puts a text into it once nothing newer has come for a while.
	function speaker() {
		const element = make("p", { class: "nnplay-heard", "aria-live": "polite" });
		let timer;
		return [element, (text) => {
			clearTimeout(timer);
			timer = setTimeout(() => { element.textContent = text; }, 600);
		}];
	}

	// open puts the widget in place of what root says while nothing runs.
	function open(root, ...children) {
		root.classList.add("nnplay");
		root.replaceChildren(...children);
	}

	const signed = (unit) => (v) => `${v > 0 ? "+" : v < 0 ? "−" : ""}${Math.abs(v)}${unit}`;
	const thousands = (v) => String(v).replace(/\B(?=(\d{3})+$)/g, ",");

	globalThis.nnbookPlay = { connect, make, svg, slider, speaker, open, signed, thousands };
})();
