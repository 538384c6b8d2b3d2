import { expect, test } from "vitest";
import { askedAt } from "./Completion";

test.each([
    ["hi @an", { from: 3, sign: "@", typed: "an" }],
    ["@", { from: 0, sign: "@", typed: "" }],
    ["@Ann Le", { from: 0, sign: "@", typed: "Ann Le" }],
    ["so :hea", { from: 3, sign: ":", typed: "hea" }],
    ["at 10:30", null],
    [":h", null],
    ["mail@an", null],
    ["https://x", null],
    ["nothing", null],
])("%j", (text, asked) => expect(askedAt(text, text.length)).toEqual(asked));
