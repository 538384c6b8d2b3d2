import { expect, test } from "vitest";
import { moveAmongRows } from "./arrowKeys";

test("the arrow keys go through all rows, of whatever kind, and stay at the ends", () => {
    document.body.innerHTML =
        '<div><a href="#a">a</a><p>x</p><button>b</button><button disabled>-</button><a href="#c">c</a></div>';
    const list = document.querySelector("div") as HTMLElement;
    list.addEventListener("keydown", moveAmongRows);
    const press = (key: string): string => {
        document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        return document.activeElement?.textContent ?? "";
    };
    list.querySelector("a")?.focus();
    expect(["ArrowUp", "ArrowDown", "ArrowDown", "ArrowDown", "x", "ArrowUp"].map(press)).toEqual([
        "a",
        "b",
        "c",
        "c",
        "c",
        "b",
    ]);
});
