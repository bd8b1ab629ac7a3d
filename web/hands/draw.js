// Draw a digit: the page's half of nb/play for the paper, and for what the network makes of it.
// Needs play.js.
(() => {
	"use strict";

	const { connect, make, slider, speaker, open, signed } = nnbookPlay;

	const SIDE = 28, BOX = 20, SCALE = 10; // the network's picture, and pixels of the page for each of its own

	function draw(root, port) {
		let strokes = [], fromTest = false;
		let asked = 0, again = false, late; // one question at a time: the latest, once the last is answered
		const say = connect(port, start, { answer, error: complain });
		let ui;

		function start(ready) {
			const change = () => ask();
			const paper = make("canvas", {
				class: "nnplay-paper", width: 2 * SIDE * SCALE, height: 2 * SIDE * SCALE, role: "img",
				"aria-label": "Paper. Draw with mouse, finger or pen. By keyboard, choose a test image below.",
				onpointerdown: down, onpointermove: move, onpointerup: up, onpointercancel: up, onlostpointercapture: up,
			});
			const [heard, speak] = speaker();
			ui = {
				paper, heard, speak,
				pen: slider("Pen", { min: 4, max: 20, value: 9, text: (v) => `${v} % of the paper`, change: () => { sketch(); ask(); } }),
				prepare: make("input", { type: "checkbox", checked: true, onchange: change }),
				digit: slider("Test image", {
					max: ready.digits - 1, value: 0, text: (v) => `number ${v}`,
					change: () => { choose(true); ask(); },
				}),
				thicken: slider("Thicken", { min: -2, max: 3, step: 0.25, value: 0, text: signed(" pixels"), change }),
				turn: slider("Turn", { min: -180, max: 180, step: 5, value: 0, text: signed("°"), change }),
				right: slider("Shift to the right", { min: -14, max: 14, value: 0, text: signed(" pixels"), change }),
				down: slider("Shift down", { min: -14, max: 14, value: 0, text: signed(" pixels"), change }),
				noise: slider("Noise", { max: 100, step: 5, value: 0, text: (v) => `in ${v} % of the pixels`, change }),
				source: make("p", { class: "nnplay-note" }),
				seen: make("canvas", { class: "nnplay-seen", width: SIDE * SCALE, height: SIDE * SCALE, role: "img" }),
				hidden: make("canvas", { class: "nnplay-hidden", role: "img" }),
				hiddenNote: make("p", { class: "nnplay-note" }),
				verdict: make("p", { class: "nnplay-verdict" }),
				bars: Array.from({ length: 10 }, () => [make("span", { class: "nnplay-fill" }), make("span", { class: "nnplay-number" })]),
				status: make("p", { class: "nnplay-status", role: "status" }),
			};
			const alter = [ui.thicken, ui.turn, ui.right, ui.down, ui.noise];
			const drawn = make("fieldset", {}, make("legend", {}, "Your drawing"), paper,
				make("div", { class: "nnplay-row" },
					make("button", { type: "button", onclick: () => { strokes = []; choose(false); ask(); } }, "Clear"),
					make("button", { type: "button", onclick: () => { strokes.pop(); choose(false); ask(); } }, "Undo")),
				ui.pen.element,
				make("label", { class: "nnplay-check" }, ui.prepare, "scale and centre it as MNIST was made"));
			const chosen = make("fieldset", {}, make("legend", {}, "Or a test image"), ui.digit.element,
				make("div", { class: "nnplay-row" },
					make("button", { type: "button", onclick: () => step(-1) }, "Previous"),
					make("button", { type: "button", onclick: () => step(1) }, "Next")));
			const altered = make("fieldset", {}, make("legend", {}, "Then change it"), ...alter.map((s) => s.element),
				make("button", { type: "button", onclick: () => { alter.forEach((s) => s.reset()); ask(); } }, "No change"));
			const inside = make("section", { "aria-label": "What the network makes of it" },
				make("p", { class: "nnplay-head" }, "What the network sees"), ui.seen, ui.source,
				make("p", { class: "nnplay-head" }, "Hidden activations"), ui.hidden, ui.hiddenNote);
			const outside = make("section", { "aria-label": "What it answers" },
				make("p", { class: "nnplay-head" }, "Its ten outputs"), ui.verdict,
				make("ol", { class: "nnplay-bars", start: 0 }, ...ui.bars.map(([fill, number], digit) =>
					make("li", {}, make("span", { class: "nnplay-digit" }, String(digit)),
						make("span", { class: "nnplay-bar" }, fill), number))));
			open(root, make("div", { class: "nnplay-columns" },
				drawn, outside, inside, chosen, altered), ui.status, heard);
			sketch();
			ask();
		}

		function step(by) {
			ui.digit.set(ui.digit.get() + (fromTest ? by : 0));
			choose(true);
			ask();
		}

		function choose(test) {
			fromTest = test;
			sketch();
		}

		// Where the pointer is, as shares of the paper.
		function place(event) {
			const area = ui.paper.getBoundingClientRect();
			const share = (v) => Math.round(Math.min(Math.max(v, -1), 2) * 1e4) / 1e4;
			return [share((event.clientX - area.left) / area.width), share((event.clientY - area.top) / area.height)];
		}

		let pointer = null; // the one that draws
		function down(event) {
			if (pointer !== null && !event.isPrimary || event.button !== 0) return; // of one that was lost nothing more is heard
			event.preventDefault();
			pointer = event.pointerId;
			ui.paper.setPointerCapture(pointer);
			strokes.push([place(event)]);
			choose(false);
			ask();
		}
		function move(event) {
			if (event.pointerId !== pointer) return;
			const stroke = strokes.at(-1);
			const events = event.getCoalescedEvents?.() ?? [];
			for (const e of events.length ? events : [event]) {
				const [x, y] = place(e), [x0, y0] = stroke.at(-1);
				if (Math.hypot(x - x0, y - y0) > 0.004) stroke.push([x, y]); // a ninth of a pixel of the network's
			}
			sketch();
			ask();
		}
		function up(event) {
			if (event.pointerId === pointer) pointer = null;
		}

		// sketch draws the strokes on the paper, at once, whatever the engine does.
		function sketch() {
			const c = ui.paper.getContext("2d"), size = ui.paper.width;
			c.clearRect(0, 0, size, size);
			ui.paper.classList.toggle("nnplay-aside", fromTest);
			c.lineWidth = ui.pen.get() / 100 * size;
			c.lineCap = c.lineJoin = "round";
			c.strokeStyle = fromTest ? "#ccc" : "#222";
			for (const stroke of strokes) {
				c.beginPath();
				c.moveTo(stroke[0][0] * size, stroke[0][1] * size);
				for (const [x, y] of stroke) c.lineTo(x * size, y * size);
				c.stroke();
			}
			if (!strokes.length) {
				c.fillStyle = "#767676";
				c.font = `${size / 14}px sans-serif`;
				c.textAlign = "center";
				c.fillText("draw a digit here", size / 2, size / 2);
			}
		}

		function ask() {
			if (asked) { again = true; return; }
			again = false;
			const message = {
				kind: "draw", thicken: ui.thicken.get(), turn: ui.turn.get(),
				right: ui.right.get(), down: ui.down.get(), noise: ui.noise.get(),
			};
			if (fromTest) message.digit = ui.digit.get();
			else Object.assign(message, { strokes, pen: ui.pen.get() / 100, prepare: ui.prepare.checked });
			asked = say(message);
			clearTimeout(late);
			late = setTimeout(() => {
				asked = 0;
				ui.status.textContent = "No answer yet. If what runs here has stopped, start it again.";
			}, 3000);
		}

		function settle(n) {
			if (n && n !== asked) return;
			clearTimeout(late);
			asked = 0;
			if (again) ask();
		}

		function complain(message) {
			if (!ui) { root.textContent = message.text; return; }
			ui.status.textContent = message.text;
			settle(message.n);
		}

		function answer(m) {
			if (!ui || m.n !== asked) return;
			ui.status.textContent = "";
			showPicture(Uint8Array.from(atob(m.pixels), (c) => c.charCodeAt(0)));
			showHidden(m.hidden ?? []);
			const waits = m.blank && !fromTest && root.dataset.blank; // a page may ask for a digit in place of what the network makes of none
			m.outputs.forEach((output, digit) => {
				if (waits) output = 0;
				const [fill, number] = ui.bars[digit];
				fill.style.inlineSize = `${100 * output}%`;
				number.textContent = output.toFixed(2);
				fill.closest("li").classList.toggle("nnplay-top", digit === m.answer && !waits);
			});
			const output = m.outputs[m.answer].toFixed(2);
			const verdict = waits ? root.dataset.blank : `It answers ${m.answer}, with an output of ${output}.` +
				(m.blank ? " There is nothing on the paper." : "") +
				(m.label === null ? "" : m.label === m.answer ? " That is right." : ` It is a ${m.label}.`);
			ui.verdict.replaceChildren(...(waits ? [] : [make("strong", {}, String(m.answer)), " "]), verdict);
			ui.source.textContent = fromTest ? `Test image ${ui.digit.get()}, a ${m.label}.`
				: ui.prepare.checked ? "Your drawing, scaled into the dashed box and centred." : "Your drawing, where it stands.";
			ui.speak(verdict);
			settle(m.n);
		}

		function showPicture(pixels) {
			const c = ui.seen.getContext("2d");
			pixels.forEach((ink, k) => {
				c.fillStyle = `rgb(${255 - ink} ${255 - ink} ${255 - ink})`;
				c.fillRect(k % SIDE * SCALE, Math.floor(k / SIDE) * SCALE, SCALE, SCALE);
			});
			c.strokeStyle = "#d55e00";
			c.setLineDash([SCALE, SCALE]);
			c.strokeRect((SIDE - BOX) / 2 * SCALE, (SIDE - BOX) / 2 * SCALE, BOX * SCALE, BOX * SCALE);
			ui.seen.setAttribute("aria-label", `The picture of ${SIDE} by ${SIDE} pixels, ${
				pixels.filter((ink) => ink > 0).length} of them with ink.`);
		}

		function showHidden(activations) {
			const columns = Math.ceil(Math.sqrt(activations.length)), c = ui.hidden.getContext("2d");
			ui.hidden.width = columns * 2 * SCALE;
			ui.hidden.height = Math.ceil(activations.length / columns) * 2 * SCALE;
			activations.forEach((a, j) => {
				const grey = Math.round(255 * (1 - a));
				c.fillStyle = `rgb(${grey} ${grey} ${grey})`;
				c.fillRect(j % columns * 2 * SCALE + 1, Math.floor(j / columns) * 2 * SCALE + 1, 2 * SCALE - 2, 2 * SCALE - 2);
			});
			ui.hiddenNote.textContent = `White is 0, black is 1. ${
				activations.filter((a) => a > 0.5).length} of ${activations.length} neurons are above ½.`;
			ui.hidden.setAttribute("aria-label", ui.hiddenNote.textContent);
		}
	}

	nnbookPlay.draw = draw;
})();
