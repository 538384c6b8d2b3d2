import type { MarkedExtension } from "marked";

/** Signs without which no text is anything else than itself. */
const SIGNS = /[*_~`#>[\]|-]|^\s*\d+[.)]/m;

/** The HTML of a Markdown text; null where the text alone says it all. */
export async function html(text: string): Promise<string | null> {
    if (!SIGNS.test(text)) return null;
    const { Marked } = await import("marked");
    const made = new Marked(ours).parse(text, { async: false }).trim();
    return made === `<p>${escaped(text).replaceAll("\n", "<br>")}</p>` ? null : withoutLoneParagraph(made);
}

const ours: MarkedExtension = {
    gfm: true,
    breaks: true,
    // What somebody types is a text, also when it looks like HTML.
    tokenizer: { html: () => undefined, tag: () => undefined },
    renderer: {
        html: ({ text }) => escaped(text),
        image: ({ raw }) => escaped(raw),
        checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    },
};

function withoutLoneParagraph(made: string): string {
    const inside = /^<p>(.*)<\/p>$/s.exec(made)?.[1];
    return inside !== undefined && !inside.includes("<p>") ? inside : made;
}

function escaped(text: string): string {
    return text
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll('"', "&quot;")
        .replaceAll("'", "&#39;");
}
