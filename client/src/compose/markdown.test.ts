import { expect, test } from "vitest";
import { html } from "./markdown";

test.each([
    ["plain text", null],
    ["2 * 3 = 6, and a-b", null],
    ["**bold**", "<strong>bold</strong>"],
    ["one\n*two*", "one<br><em>two</em>"],
    ["`x < y`", "<code>x &lt; y</code>"],
    ["~~gone~~", "<del>gone</del>"],
    ["<script>alert(1)</script> *x*", "&lt;script&gt;alert(1)&lt;/script&gt; <em>x</em>"],
    ["![x](https://evil.example/x.png) *y*", "![x](https://evil.example/x.png) <em>y</em>"],
])("%s", async (typed, made) => expect(await html(typed)).toBe(made));

test("a list is one", async () => {
    expect(await html("- a\n- b")).toContain("<li>a</li>");
});
