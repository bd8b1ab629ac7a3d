// What helps a reader of a chapter: the section that is read is marked in the contents, code can be copied,
// what is wider than the screen can be scrolled by keyboard, and paper has no folds.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const links = all(".contents a");
const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
function mark() {
	const at = headings.findLastIndex((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
	links.forEach((link, i) => (i === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
}
if (links.length) {
	addEventListener("scroll", mark, { passive: true });
	mark();
}

if (navigator.clipboard) { // as a page from elsewhere has it by https alone
	for (const code of all(".code")) {
		const button = document.createElement("button");
		button.className = "copy";
		button.textContent = "Copy";
		button.onclick = async () => {
			await navigator.clipboard.writeText(all("pre", code).map((part) => part.textContent).join("\n") + "\n");
			button.textContent = "Copied";
			setTimeout(() => { button.textContent = "Copy"; }, 2000);
		};
		code.prepend(button);
	}
}

const wide = new ResizeObserver((entries) => {
	for (const { target } of entries) {
		if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
		else target.removeAttribute("tabindex");
	}
});
for (const element of all("pre, .scroll, .equation")) wide.observe(element);

const answers = all(".answer");
const unfold = document.querySelector("button.all");
if (unfold && answers.length) {
	unfold.hidden = false;
	unfold.onclick = () => {
		answers.forEach((answer) => { answer.open = true; });
		unfold.hidden = true;
	};
}

// In print the answers stand open; solutions stay with those who look them up here.
let closed = [];
addEventListener("beforeprint", () => {
	closed = answers.filter((answer) => !answer.open);
	closed.forEach((answer) => { answer.open = true; });
	all("img").forEach((image) => { image.loading = "eager"; });
});
addEventListener("afterprint", () => closed.forEach((answer) => { answer.open = false; }));

const menu = document.querySelector(".menu");
addEventListener("keydown", (event) => {
	if (event.key !== "Escape" || !menu.open) return;
	menu.open = false;
	menu.firstElementChild.focus();
});
addEventListener("click", (event) => {
	if (!menu.contains(event.target)) menu.open = false;
});
