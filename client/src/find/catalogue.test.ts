import { expect, test } from "vitest";
import { commonCoverage, coverageOf, emptyRoom } from "./catalogue";

test("messages are found back to the nearest stretch that was not read", () => {
    const whole = { ...emptyRoom(), isWhole: true };
    expect(coverageOf(whole)).toEqual({ since: null, isReading: false, missing: 0 });
    const gap = { ...whole, holes: [{ token: "t", at: 70, until: "$x" }], missing: 2 };
    expect(coverageOf(gap)).toEqual({ since: 70, isReading: true, missing: 2 });
    expect(coverageOf({ ...whole, isWhole: false, since: 5 })).toEqual({ since: 5, isReading: false, missing: 0 });
    expect(commonCoverage([whole, gap])).toEqual({ since: 70, isReading: true, missing: 2 });
    expect(commonCoverage([])).toEqual({ since: null, isReading: false, missing: 0 });
});
