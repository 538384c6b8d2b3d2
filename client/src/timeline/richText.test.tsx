import { render } from "preact";
import { describe, expect, test } from "vitest";
import { MAX_DEPTH, MAX_NODES, plainText, richText } from "./richText";

function html(made: ReturnType<typeof richText>): string {
    const box = document.createElement("div");
    render(<div>{made}</div>, box);
    return box.firstElementChild?.innerHTML ?? "";
}

describe("what is taken", () => {
    test.each([
        ["<b>bold</b> and <em>soft</em>", "<b>bold</b> and <em>soft</em>"],
        ["<ol start=3><li>c</li></ol>", '<ol start="3"><li>c</li></ol>'],
        ["<pre><code>x &lt; y</code></pre>", "<pre><code>x &lt; y</code></pre>"],
        ["one<br>two", "one<br>two"],
        ["<font color=red>text</font>", "text"],
    ])("%s", (given, made) => expect(html(richText(given))).toBe(made));
});

describe("what is not", () => {
    test.each([
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><a href='https://x'>x</a></svg>",
        "<style>*{display:none}</style>",
        "<iframe src=https://evil.example></iframe>",
        "<math><mtext></mtext></math>",
        "<mx-reply>before</mx-reply>",
    ])("%s is left out", (given) => expect(html(richText(given))).toBe(""));

    test.each(["onclick", "style", "class", "id", "data-mx-color", "srcdoc"])(
        "the attribute %s is left out",
        (name) => {
            expect(html(richText(`<b ${name}="alert(1)">x</b>`))).toBe("<b>x</b>");
        },
    );

    test.each([
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:x",
        "data:text/html,x",
        "vbscript:x",
        "/_chappe/x",
        "#/chat/x",
        "blob:x",
    ])("a link to %s is none", (href) => expect(html(richText(`<a href="${href}">go</a>`))).toBe("go"));
});

test("a link says where it leads when its text says something else", () => {
    expect(html(richText('<a href="https://evil.example/x">https://bank.example</a>'))).toContain("(evil.example)");
    expect(html(richText('<a href="https://www.bank.example/x">bank.example</a>'))).not.toContain("(");
    expect(html(richText('<a href="https://xn--bcher-kva.example">bücher.example</a>'))).not.toContain("(");
    expect(html(richText('<a href="https://evil.example">read this</a>'))).not.toContain("(");
});

test("links lead out without telling where from", () => {
    expect(html(plainText("see https://example.org/a_(b).")).replace(/ title="[^"]*"/, "")).toBe(
        'see <a href="https://example.org/a_(b)" target="_blank" rel="noreferrer noopener">https://example.org/a_(b)</a>.',
    );
});

test("a text is never HTML", () => {
    expect(html(plainText("<b>x</b> &amp;"))).toBe("&lt;b&gt;x&lt;/b&gt; &amp;amp;");
});

test("what is very deep or very large ends somewhere", () => {
    const deep = `${"<div>".repeat(10 * MAX_DEPTH)}end`;
    const made = html(richText(deep));
    expect(made).toContain("end");
    expect(made.match(/<div>/g)?.length).toBeLessThanOrEqual(MAX_DEPTH);
    const wide = html(richText("<b>x</b>".repeat(2 * MAX_NODES)));
    expect(wide.match(/<b>/g)?.length).toBeLessThanOrEqual(MAX_NODES);
});

describe("a mention", () => {
    const names = (userId: string): string | null => (userId === "@ann:x.org" ? "Ann" : null);
    const of = (href: string, text: string): string => html(richText(`<a href="${href}">${text}</a>`, names));

    test("is called what the person is called, whatever its text says", () => {
        expect(of("https://matrix.to/#/%40ann%3Ax.org", "The bank")).toBe(
            '<bdi class="mention" title="@ann:x.org">@Ann</bdi>',
        );
        expect(of("https://matrix.to/#/@eve:x.org", "Ann")).toContain(">@eve:x.org<");
        expect(of("matrix:u/ann:x.org", "a")).toContain(">@Ann<");
    });

    test.each([
        "https://matrix.to/#/!room:x",
        "https://matrix.to/#/%E0",
        "https://matrix.to.evil.example/#/@ann:x.org",
    ])("%s is none", (href) => expect(of(href, "Ann")).not.toContain("mention"));
});
