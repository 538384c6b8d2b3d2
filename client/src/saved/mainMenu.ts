import type { MenuPart } from "../app/parts";
import { navigate } from "../app/route";
import { trying } from "../design/Toasts";
import { words } from "../words";
import { savedRoom } from "./saved";

export default {
    order: 10,
    entries: (matrix) => [
        {
            label: words.value.saved.title,
            icon: "saved",
            act: () => void trying(savedRoom(matrix).then(({ roomId }) => navigate({ name: "chat", parts: [roomId] }))),
        },
    ],
} satisfies MenuPart;
