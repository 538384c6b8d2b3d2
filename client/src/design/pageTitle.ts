const ICON = "/icons/chappe.svg";
const ICON_WITH_NEWS = "/icons/chappe-news.svg";
const MOST = 99;

/** Until a chat or a page gives it another one, the page has that of its HTML. */
let title: string | null = null;
let unread = 0;

/** What the tab of this page is called. */
export function setTitle(to: string): void {
    title = to;
    show();
}

/** How much is unread: before the title, and as a dot on the icon of the tab. */
export function showUnread(count: number): void {
    unread = count;
    show();
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    const wanted = count > 0 ? ICON_WITH_NEWS : ICON;
    if (icon && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
}

function show(): void {
    title ??= document.title;
    document.title = unread > 0 ? `(${unread > MOST ? `${MOST}+` : unread}) ${title}` : title;
}
