import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const source = readFileSync(`${import.meta.dirname}/tokens.css`, "utf8");

/** The colours of a theme, from the block that a selector opens. */
function colours(selector: string): Map<string, string> {
    const block = source.slice(source.indexOf(selector)).split("}", 1)[0] ?? "";
    return new Map(
        [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((found) => [String(found[1]), String(found[2])]),
    );
}

function luminance(colour: string): number {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
        const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
    const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
}

const TEXT: [string, string[]][] = [
    ["ink", ["sky", "surface", "raised", "hover", "act-soft", "sealed-soft", "open-soft", "theirs"]],
    ["ink-soft", ["sky", "surface", "raised", "hover", "act-soft", "sealed-soft", "open-soft", "theirs"]],
    ["act", ["sky", "surface", "raised", "act-soft", "theirs"]],
    ["signal", ["sky", "surface", "raised", "signal-soft", "theirs"]],
    ["sealed", ["sky", "surface", "raised", "sealed-soft", "theirs"]],
    ["open", ["sky", "surface", "raised", "open-soft", "theirs"]],
    ["on-act", ["act"]],
    ["on-signal", ["signal"]],
];

describe.each([
    ':root[data-theme="light"] {\n    --sky',
    ':root:not([data-theme="light"])',
    ':root[data-theme="dark"]',
])("%s", (selector) => {
    const theme = colours(selector);
    const pairs = TEXT.flatMap(([text, grounds]) => grounds.map((ground) => [text, ground] as const));

    test.each(pairs)("%s can be read on %s", (text, ground) => {
        expect(contrast(theme.get(text) ?? "", theme.get(ground) ?? "")).toBeGreaterThanOrEqual(4.5);
    });

    test("lines of controls can be seen", () => {
        for (const ground of ["surface", "raised", "sky"]) {
            expect(contrast(theme.get("line-strong") ?? "", theme.get(ground) ?? "")).toBeGreaterThanOrEqual(3);
        }
    });
});

test("both ways to be dark are the same", () => {
    expect(colours(':root[data-theme="dark"]')).toEqual(colours(':root:not([data-theme="light"])'));
});
