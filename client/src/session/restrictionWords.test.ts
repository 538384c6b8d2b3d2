import { expect, test } from "vitest";
import { restrictionIn } from "./restricted";
import { contestAddress, inOneText, linesOf, titleOf } from "./restrictionWords";

const told = (more: object) => {
    const restriction = restrictionIn({
        "org.chappe.restricted": {
            measure: "removed",
            decision: "d1",
            ground: "terms",
            territories: [],
            told: {},
            ...more,
        },
    });
    if (!restriction) throw new Error("It is one");
    return restriction;
};

test("what is said of it: where, on what it rests, until when, and how it can be contested", () => {
    expect(titleOf(told({}))).toBe("This was removed");
    expect(titleOf(told({ measure: "locked" }))).toBe("Your account is locked");
    expect(titleOf(told({ measure: "new to us" }))).toBe("This is withheld");
    expect(titleOf(told({ measure: "withheld", territories: ["DE", "nonsense"] }))).toBe(
        "This is withheld in Germany and nonsense",
    );
    expect(linesOf(told({ told: { reference: "d1" } }))).toEqual(["It broke the rules of this server."]);
    const law = { ground: "law", told: { law: "Section 130", reference: "d1" } };
    expect(linesOf(told(law))).toEqual(["The law demands it: Section 130."]);
    const order = { ground: "order", told: { authority: "A court", reference: "7/26" }, until: 0 };
    expect(linesOf(told(order))).toEqual(["Ordered by: A court, 7/26.", expect.stringContaining("It holds until")]);
    const contest = told({ told: { contest: "https://tower.test/contest" } });
    expect(inOneText(contest)).toContain("Reference: d1 It can be contested: https://tower.test/contest");
});

test("an address that is none is not gone to, and what is no restriction is none", () => {
    expect(contestAddress(told({ told: { contest: "javascript:alert(1)" } }))).toBeNull();
    expect(contestAddress(told({}))).toBeNull();
    for (const body of [{}, { "org.chappe.restricted": null }, { "org.chappe.restricted": { measure: 3 } }]) {
        expect(restrictionIn(body)).toBeNull();
    }
});
