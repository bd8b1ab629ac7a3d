// Marks, in the contents beside the text, the section that the reader is in.
"use strict";

const links = [...document.querySelectorAll(".contents a")];
const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
function mark() {
	const at = headings.findLastIndex((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
	links.forEach((link, i) => (i === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
}
addEventListener("scroll", mark, { passive: true });
mark();
