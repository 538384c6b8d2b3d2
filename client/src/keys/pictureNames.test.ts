import { expect, test } from "vitest";
import { nameOfPicture, PICTURES } from "./pictureNames";

test("there are sixty-four pictures, each once", () => {
    expect(new Set(PICTURES).size).toBe(64);
});

test("a picture has its name in the language of the person, whichever sign the other client sends", () => {
    expect(nameOfPicture("❤️", "fr", "Heart")).toBe("Cœur");
    expect(nameOfPicture("❤", "fr", "Heart")).toBe("Cœur");
    expect(nameOfPicture("🐧", "en", "Penguin")).toBe("Penguin");
    expect(nameOfPicture("🐧", "xx", "Penguin")).toBe("Penguin");
});
