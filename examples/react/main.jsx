import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Login } from "./login.jsx";

const root = createRoot(document.getElementById("root"));
try {
  const config = await (await fetch("config.json")).json();
  root.render(
    <StrictMode>
      <Login {...config} />
    </StrictMode>,
  );
} catch {
  root.render(<p role="alert">The server did not answer. Load this page again.</p>);
}
