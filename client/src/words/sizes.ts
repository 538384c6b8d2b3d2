const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A size as a language writes it: 1.4 MB, 1,4 Mo. */
export function sizeIn(language: string, bytes: number): string {
    let [size, unit] = [bytes, 0];
    while (size >= 1000 && unit < UNITS.length - 1) {
        size /= 1000;
        unit++;
    }
    const style = { style: "unit", unit: UNITS[unit] ?? "byte", unitDisplay: unit === 0 ? "long" : "short" } as const;
    return new Intl.NumberFormat(language, { ...style, maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0 }).format(
        size,
    );
}
