/** Hand a text to the person as a file; the browser asks them where to, or knows. */
export function saveFile(name: string, text: string): void {
    const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000); // it is read after the click, and by some browsers late
}
