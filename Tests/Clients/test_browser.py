"""JupyterLab in a real browser, through the gateway: what a person sees and does, and finds again."""

import shutil

import pytest
from atelier import wait
from jupyter import Jupyter, Notebooks
from playwright.sync_api import expect, sync_playwright

CHROMIUM = shutil.which("chromium")

TRAINING = """from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
X, y = load_digits(return_X_y=True)
a, b, c, d = train_test_split(X, y, random_state=0)
print('accuracy', round(LogisticRegression(max_iter=300).fit(a, c).score(b, d), 2), 'of', len(d))"""


@pytest.fixture(scope="module")
def browser():
    assert CHROMIUM, "there is no chromium; scripts/install.sh chromium fonts-dejavu-core brings it"
    with sync_playwright() as playwright:
        # A browser that runs as root has no sandbox of its own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def test_a_cell_trains_a_model_and_the_file_is_there_again(server, modelarts, browser):
    notebooks = Notebooks(server, modelarts)
    try:
        made = notebooks.running("in-a-browser", flavor="modelarts.vm.cpu.2u")
        problems = []
        page = browser.new_context().new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.set_default_timeout(60_000)

        page.goto(f"{made.url}?token={made.token}")
        # The token does not stay in the address, where it could be seen and handed on.
        assert made.token not in page.url and page.url.startswith(made.url)
        page.locator(".jp-LauncherCard[title^='Python 3']").first.click()
        cell = page.locator(".jp-NotebookPanel .jp-CodeCell .cm-content").first
        # What is run before the kernel is there is not run at all.
        expect(page.get_by_role("button", name="Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
        cell.click()
        page.keyboard.insert_text(TRAINING)
        page.keyboard.press("Control+Enter")
        output = page.locator(".jp-NotebookPanel .jp-OutputArea-output").first
        expect(output).to_contain_text("accuracy 0.9", timeout=60_000)
        expect(output).to_contain_text("of 450")

        page.keyboard.press("Control+s")
        # JupyterLab asks once how a new file is to be called.
        page.locator(".jp-Dialog .jp-mod-accept").click()
        expect(page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty")).to_have_count(0)
        page.close()

        notebooks.stop(made.id)
        again = notebooks.start(made.id)
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{again.url}?token={again.token}")
        page.locator(".jp-DirListing-item[data-isdir=false]").first.dblclick()
        panel = page.locator(".jp-NotebookPanel").first
        expect(panel).to_contain_text("from sklearn.datasets import load_digits")
        expect(panel).to_contain_text("accuracy 0.9")
        assert problems == []
        context.close()
    finally:
        notebooks.clear()


def test_a_terminal_works_and_sees_the_volume(server, modelarts, browser):
    notebooks = Notebooks(server, modelarts)
    try:
        made = notebooks.running("terminal")
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{made.url}?token={made.token}")
        page.locator(".jp-LauncherCard[title='Start a new terminal session']").click()
        page.locator(".jp-Terminal textarea").wait_for(state="attached")
        wait(lambda: Jupyter(server, made).get("/api/terminals"), what="the terminal's start")
        page.locator(".jp-Terminal").click()
        # The terminal is drawn, not written: what it did is seen in what it left.
        page.keyboard.type("(pwd; id -un) > where.txt; mv where.txt done.txt\n")
        wait(lambda: Jupyter(server, made).request("GET", "/api/contents/done.txt").status_code == 200, what="the file")
        content = Jupyter(server, made).get("/api/contents/done.txt")["content"]
        assert content == "/home/ma-user/work\nma-user\n"
        context.close()
    finally:
        notebooks.clear()


def test_who_comes_without_a_token_is_told_how(server, modelarts, browser):
    notebooks = Notebooks(server, modelarts)
    try:
        made = notebooks.create("closed")
        context = browser.new_context()
        page = context.new_page()
        assert page.goto(made.url).status == 401
        assert "atelier notebook open" in page.content()
        notebooks.wait(made.id, "RUNNING")
        notebooks.stop(made.id)
        assert page.goto(f"{made.url}?token={made.token}").status == 409
        assert "STOPPED" in page.content()
        context.close()
    finally:
        notebooks.clear()
