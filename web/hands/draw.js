// Draw a digit: the page's half of nb/play for the paper, for what the network makes of it, and for
// the digits that the reader keeps and lets it learn. Needs play.js.
(() => {
	"use strict";

	const { connect, make, slider, speaker, open, signed, thousands } = nnbookPlay;

	const SIDE = 28, BOX = 20, SCALE = 10; // the network's picture, and pixels of the page for each of its own
	const STRIDE = 0.05; // of the keyboard's pen, as a share of the paper
	const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
	const STEPS = 20, OLD = 30; // of a lesson; old digits in each step, as learn.go has it
	const NEVER = 0;

	// bytes undoes the base64 of a message.
	const bytes = (text) => Uint8Array.from(atob(text ?? ""), (c) => c.charCodeAt(0));
	const percent = (share) => share > 0.995 && share < 1 ? "over 99 %" : `${Math.round(100 * share)} %`;

	function draw(root, port) {
		let strokes = [], fromTest = false;
		let asked = 0, busy = false, again = false, late; // one question at a time: the latest, once the last is answered
		const say = connect(port, start, { answer, owned, learned, error: complain });
		let ui;

		function start(ready) {
			const change = () => ask();
			const paper = make("canvas", {
				class: "nnplay-paper", width: 2 * SIDE * SCALE, height: 2 * SIDE * SCALE, role: "application", tabindex: 0,
				"aria-label": "Paper. Draw with mouse, finger or pen. By keyboard, the space bar sets the pen down and lifts it, arrows move it.",
				onpointerdown: down, onpointermove: move, onpointerup: up, onpointercancel: up, onlostpointercapture: up,
				onkeydown: press, onfocus: sketch, onblur: lift,
			});
			const [heard, speak] = speaker();
			ui = {
				paper, heard, speak,
				pen: slider("Pen", { min: 4, max: 20, value: 9, text: (v) => `${v} % of the paper`, change: () => { sketch(); ask(); } }),
				prepare: make("input", { type: "checkbox", checked: true, onchange: change }),
				digit: slider("Image", {
					max: ready.digits - 1, value: 0, text: (v) => `number ${v}`,
					change: () => { choose(true); ask(); },
				}),
				thicken: slider("Thicken", { min: -2, max: 3, step: 0.25, value: 0, text: signed(" pixels"), change }),
				turn: slider("Turn", { min: -180, max: 180, step: 5, value: 0, text: signed("°"), change }),
				right: slider("Shift to the right", { min: -14, max: 14, value: 0, text: signed(" pixels"), change }),
				down: slider("Shift down", { min: -14, max: 14, value: 0, text: signed(" pixels"), change }),
				noise: slider("Noise", { max: 100, step: 5, value: 0, text: (v) => `in ${v} % of the pixels`, change }),
				refuse: slider("Answer “none of these” below", {
					list: [NEVER, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99], value: NEVER,
					text: (v) => v === NEVER ? "never" : v.toFixed(2), change,
				}),
				shares: make("p", { class: "nnplay-note" }),
				argued: make("canvas", { class: "nnplay-seen", width: SIDE * SCALE, height: SIDE * SCALE, role: "img" }),
				arguedNote: make("p", { class: "nnplay-note" }),
				label: make("select", {}, ...Array.from({ length: 10 }, (_, d) => make("option", { value: d }, `a ${d}`))),
				own: make("ul", { class: "nnplay-own" }),
				rate: slider("Learning rate η", { list: [0.02, 0.1, 0.5], value: 0.1, change() {} }),
				old: make("input", { type: "checkbox", disabled: !ready.images }),
				learn: make("button", { type: "button", class: "nnplay-first", disabled: true, onclick: learn }, `Learn, ${STEPS} steps`),
				unlearn: make("button", { type: "button", disabled: true, onclick: () => say({ kind: "unlearn" }) }, "Forget it again"),
				progress: make("p", {}),
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
			const chosen = make("fieldset", { class: "nnplay-chosen" }, make("legend", {}, "Or one of MNIST’s"), ui.digit.element,
				make("div", { class: "nnplay-row" },
					make("button", { type: "button", onclick: () => step(-1) }, "Previous"),
					make("button", { type: "button", onclick: () => step(1) }, "Next")));
			const altered = make("fieldset", {}, make("legend", {}, "Then change it"), ...alter.map((s) => s.element),
				make("button", { type: "button", onclick: () => { alter.forEach((s) => s.reset()); ask(); } }, "No change"));
			const inside = make("section", { "aria-label": "What the network makes of it" },
				make("p", { class: "nnplay-head" }, "What the network sees"), ui.seen, ui.source,
				make("p", { class: "nnplay-head" }, "Which pixels argued"), ui.argued, ui.arguedNote);
			const within = make("section", { "aria-label": "What happens inside" },
				make("p", { class: "nnplay-head" }, "Hidden activations"), ui.hidden, ui.hiddenNote);
			const school = make("fieldset", { class: "nnplay-school" }, make("legend", {}, "Teach it your digits"),
				make("div", { class: "nnplay-row" }, make("label", {}, "My drawing is ", ui.label),
					make("button", { type: "button", onclick: () => say({ kind: "keep", label: +ui.label.value, ...picture() }) }, "Keep it")),
				ui.own,
				make("div", { class: "nnplay-knobs" }, ui.rate.element,
					make("label", { class: "nnplay-check" }, ui.old, `with ${OLD} old digits in each step`)),
				make("div", { class: "nnplay-row" }, ui.learn, ui.unlearn), ui.progress);
			const outside = make("section", { "aria-label": "What it answers" },
				make("p", { class: "nnplay-head" }, "Its ten outputs"), ui.verdict,
				make("ol", { class: "nnplay-bars", start: 0 }, ...ui.bars.map(([fill, number], digit) =>
					make("li", {}, make("span", { class: "nnplay-digit" }, String(digit)),
						make("span", { class: "nnplay-bar" }, fill), number))), ui.shares, ui.refuse.element);
			open(root, make("div", { class: "nnplay-columns" },
				drawn, outside, inside, school, chosen, altered, within), ui.status, heard);
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
			isDown = false;
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

		// The keyboard's pen: where it is, and whether it is on the paper.
		let at = [0.5, 0.2], isDown = false;
		function press(event) {
			const way = WAYS[event.key];
			if (!way && event.key !== " " || event.repeat && !way || event.altKey || event.ctrlKey || event.metaKey) return;
			event.preventDefault(); // the page would scroll
			if (way) at = at.map((v, i) => Math.min(Math.max(v + STRIDE * way[i], 0.05), 0.95));
			else {
				isDown = !isDown;
				if (isDown) strokes.push([]);
			}
			if (isDown) strokes.at(-1).push(at);
			choose(false);
			ask();
		}
		function lift() {
			isDown = false;
			sketch();
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
			if (!ui.paper.matches(":focus-visible")) return;
			c.beginPath();
			c.arc(at[0] * size, at[1] * size, c.lineWidth / 2, 0, 2 * Math.PI);
			c.lineWidth = 4;
			c.fillStyle = c.strokeStyle = "#d55e00";
			if (isDown) c.fill();
			else c.stroke();
		}

		// picture is what the engine is to look at, or to keep.
		function picture() {
			const change = {
				thicken: ui.thicken.get(), turn: ui.turn.get(), right: ui.right.get(), down: ui.down.get(), noise: ui.noise.get(),
			};
			if (fromTest) return { ...change, digit: ui.digit.get() };
			return { ...change, strokes, pen: ui.pen.get() / 100, prepare: ui.prepare.checked };
		}

		function ask() {
			if (busy) { again = true; return; }
			again = false;
			busy = true;
			asked = say({ kind: "draw", ...picture() });
			clearTimeout(late);
			late = setTimeout(() => {
				busy = false; // the answer is still welcome
				ui.status.textContent = "No answer yet. If what runs here has stopped, start it again.";
			}, 3000);
		}

		function settle(n) {
			if (n && n !== asked) return;
			clearTimeout(late);
			busy = false;
			if (again) ask();
		}

		function complain(message) {
			if (!ui) { root.textContent = message.text; return; }
			ui.status.textContent = message.text;
			ui.learn.disabled = !ui.labels?.length;
			settle(message.n);
		}

		function answer(m) {
			if (!ui || m.n !== asked) return;
			ui.status.textContent = "";
			showPicture(bytes(m.pixels));
			showArgued(m);
			showHidden(m.hidden ?? []);
			const waits = m.blank && !fromTest && root.dataset.blank; // a page may ask for a digit in place of what the network makes of none
			const refused = !waits && m.outputs[m.answer] < ui.refuse.get();
			m.outputs.forEach((output, digit) => {
				if (waits) output = 0;
				const [fill, number] = ui.bars[digit];
				fill.style.inlineSize = `${100 * output}%`;
				number.textContent = output.toFixed(2);
				fill.closest("li").classList.toggle("nnplay-top", digit === m.answer && !waits && !refused);
			});
			const ranks = m.shares.map((share, digit) => [digit, share]).sort((a, b) => b[1] - a[1]).slice(0, 3);
			ui.shares.textContent = waits ? "" : `If it must be one of the ten (softmax): ${
				ranks.map(([digit, share]) => `${digit} with ${percent(share)}`).join(", ")}.`;
			const output = m.outputs[m.answer].toFixed(2);
			const said = refused ? `None of these: the largest output, for ${m.answer}, is only ${output}.` : `It answers ${m.answer}, with an output of ${output}.`;
			const verdict = waits ? root.dataset.blank : said +
				(m.blank ? " There is nothing on the paper." : "") +
				(m.label === null ? "" : !refused && m.label === m.answer ? " That is right." : ` It is a ${m.label}.`);
			ui.verdict.replaceChildren(...(waits ? [] : [make("strong", {}, refused ? "–" : String(m.answer)), " "]), verdict);
			ui.source.textContent = fromTest ? `Image ${ui.digit.get()}, a ${m.label}.`
				: ui.prepare.checked ? "Your drawing, scaled into the dashed box and centred." : "Your drawing, where it stands.";
			ui.speak(isDown ? `The pen is down. ${verdict}` : verdict);
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

		// showArgued paints what each pixel argued for the answer: orange for, blue against, as in
		// the book's pictures of weights.
		function showArgued(m) {
			const c = ui.argued.getContext("2d");
			bytes(m.argued).forEach((v, k) => {
				const t = (v - 128) / 127, [r, g, b] = t > 0 ? [213, 94, 0] : [0, 114, 178];
				const mix = (full) => Math.round(255 + (full - 255) * Math.abs(t));
				c.fillStyle = `rgb(${mix(r)} ${mix(g)} ${mix(b)})`;
				c.fillRect(k % SIDE * SCALE, Math.floor(k / SIDE) * SCALE, SCALE, SCALE);
			});
			const number = (v) => v.toFixed(1).replace("-", "−");
			ui.arguedNote.textContent = m.blank ? "Without ink nothing argues." :
				`Orange argued for ${m.answer}, blue against: +${number(m.for)} and −${number(m.against)}. Blank paper begins at ${
					number(m.empty)}; together z = ${number(m.empty + m.for - m.against)}.`;
			ui.argued.setAttribute("aria-label", ui.arguedNote.textContent);
		}

		function learn() {
			ui.learn.disabled = true; // until the engine says how far it is
			say({ kind: "learn", steps: STEPS, rate: ui.rate.get(), old: ui.old.checked });
		}

		// owned shows the digits kept, with a button each that drops it.
		function owned(m) {
			if (!ui) return;
			const pixels = bytes(m.pixels);
			const focused = [...ui.own.querySelectorAll("button")].indexOf(document.activeElement);
			ui.own.replaceChildren(...m.labels.map((label, i) => {
				const picture = make("canvas", { class: "nnplay-kept", width: SIDE, height: SIDE, role: "img", "aria-label": `Kept as a ${label}.` });
				const c = picture.getContext("2d"), image = c.createImageData(SIDE, SIDE);
				for (let k = 0; k < SIDE * SIDE; k++) image.data.set([0, 0, 0, pixels[i * SIDE * SIDE + k]], 4 * k);
				c.putImageData(image, 0, 0);
				return make("li", {}, picture, make("span", {}),
					make("button", { type: "button", "aria-label": `Drop this ${label}`, onclick: () => say({ kind: "drop", index: i }) }, "×"));
			}));
			if (focused >= 0) [...ui.own.querySelectorAll("button"), ui.label][Math.min(focused, m.labels.length)].focus();
			ui.labels = m.labels;
			learned(m);
		}

		// learned shows what has become of one's own digits, and of the old ones.
		function learned(m) {
			if (!ui?.labels) return;
			[...ui.own.children].forEach((item, i) => {
				const right = m.now[i] === ui.labels[i];
				item.children[1].textContent = m.steps ? `${m.first[i]} → ${m.now[i]} ${right ? "✓" : "✗"}` : `${m.now[i]} ${right ? "✓" : "✗"}`;
			});
			const right = (answers) => answers.filter((answer, i) => answer === ui.labels[i]).length;
			ui.learn.disabled = m.busy || !ui.labels.length;
			ui.unlearn.disabled = !m.steps;
			const own = `${right(m.now)} of your ${ui.labels.length}`, old = `${thousands(m.count)} of ${thousands(m.of)} of MNIST’s`;
			ui.progress.textContent = !m.steps ? (ui.labels.length ? `The book’s network reads ${own}, and ${old}.` : "Nothing is kept yet. Draw a digit, say what it is, keep it.")
				: `After ${m.steps} step${m.steps > 1 ? "s" : ""} it reads ${own} (${right(m.first)} before), and ${old} (${thousands(m.before)} before).`;
			if (!m.busy) ui.speak(ui.progress.textContent);
			ask(); // it answers by what it has learned
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
