import { expect, test } from "vitest";
import { waveformOf } from "./recording";

test("the wave of a voice fills its height, and that of silence does not", () => {
    expect(waveformOf([0, 0.1, 0.2])).toEqual([0, 512, 1024]);
    expect(Math.max(...waveformOf([0.001, 0.002]))).toBeLessThan(50);
    expect(waveformOf([])).toEqual([]);
});

test("it has at most a hundred lines, and keeps the loudest moments", () => {
    const loudness = Array.from({ length: 950 }, (_, i) => (i === 500 ? 1 : 0.1));
    const waves = waveformOf(loudness);
    expect(waves.length).toBe(100);
    expect(waves.filter((wave) => wave === 1024).length).toBe(1);
    expect(waves.every(Number.isInteger)).toBe(true);
});
