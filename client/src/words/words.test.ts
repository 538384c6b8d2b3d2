import { describe, expect, test } from "vitest";
import { words as english } from "./en";
import { words as french } from "./fr";
import { pluralsOf } from "./plural";

/** The addresses of all texts: `rooms.newChat`. */
function leaves(part: object, path = ""): string[] {
    return Object.entries(part).flatMap(([key, value]) =>
        typeof value === "object" ? leaves(value as object, `${path}${key}.`) : [`${path}${key}`],
    );
}

describe.each([["fr", french]] as const)("%s", (_, language) => {
    test("has every text, and no other", () => {
        expect(leaves(language).sort()).toEqual(leaves(english).sort());
    });
});

test("each language counts in its own way", () => {
    const forms = { one: "# chat", other: "# chats" };
    expect(pluralsOf("en")(0, forms)).toBe("0 chats");
    expect(pluralsOf("fr")(0, forms)).toBe("0 chat");
    expect(pluralsOf("en")(1234, forms)).toBe("1,234 chats");
});
