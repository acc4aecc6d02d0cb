import { render } from "preact";
import "./style.css";
import { App } from "./app";
import { inlineData } from "./data";
import { startState } from "./state";

async function start(): Promise<void> {
  const root = document.getElementById("app")!;
  startState();
  try {
    const data = await inlineData();
    root.replaceChildren();
    render(<App inline={data} />, root);
  } catch (error) {
    root.insertAdjacentText("afterbegin", `The page cannot read its data: ${String(error)}. It needs a browser of 2023 or later.`);
  }
}

void start();
