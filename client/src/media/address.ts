/** The service worker adds the access token to requests of these addresses, so that no address has one in it. */
const MEDIA = "/_matrix/client/v1/media";

const MXC = /^mxc:\/\/([A-Za-z0-9.:[\]-]{1,255})\/([A-Za-z0-9_-]{1,255})$/;

/** Where an upload is; null for what is no address of one. */
export function download(mxc: string): string | null {
    const parts = MXC.exec(mxc);
    return parts && `${MEDIA}/download/${parts[1]}/${parts[2]}`;
}

/** Where a small square of a picture is, sharp on the screen of this device. */
export function thumbnail(mxc: string, size: number): string | null {
    const parts = MXC.exec(mxc);
    if (!parts) return null;
    const pixels = Math.ceil(size * Math.min(globalThis.devicePixelRatio || 1, 2));
    return `${MEDIA}/thumbnail/${parts[1]}/${parts[2]}?width=${pixels}&height=${pixels}&method=crop`;
}

/** Where a smaller version of a picture is, for a place of that size; the whole of it is in it. */
export function thumbnailIn(mxc: string, width: number, height: number): string | null {
    const parts = MXC.exec(mxc);
    if (!parts) return null;
    const sharp = Math.min(globalThis.devicePixelRatio || 1, 2);
    const [across, down] = [Math.ceil(width * sharp), Math.ceil(height * sharp)];
    return `${MEDIA}/thumbnail/${parts[1]}/${parts[2]}?width=${across}&height=${down}&method=scale`;
}
