"""The page on a telephone, and for somebody without a mouse."""

import pytest
from playwright.async_api import expect

from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WIDTH, HEIGHT = 390, 844


async def test_on_a_telephone_nothing_lies_beyond_the_edge_and_a_panel_gives_way_to_what_it_opens(
    somebody: Visitor,
) -> None:
    await somebody.tab.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    await somebody.arrive()
    await somebody.sign_in("Finance finance")
    await somebody.run()

    for part in (".top-bar", ".notice", ".graphiql-editors", ".graphiql-response", ".graphiql-sidebar"):
        box = await somebody.tab.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= WIDTH, part
        assert box["width"] > WIDTH * 0.85, part
    await somebody.tab.get_by_role("button", name="Show Examples").click()
    await expect(somebody.tab.locator(".graphiql-query-editor")).to_be_hidden()
    await somebody.tab.get_by_role("button", name="People and availability").click()
    await expect(somebody.tab.get_by_role("tab", name="PeopleAndAvailability")).to_have_attribute(
        "aria-selected", "true"
    )
    await expect(somebody.tab.locator(".graphiql-query-editor")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (WIDTH, HEIGHT)])
async def test_the_page_fits_its_window_however_long_an_operation_is(
    somebody: Visitor, width: int, height: int
) -> None:
    await somebody.tab.set_viewport_size({"width": width, "height": height})
    await somebody.arrive()
    await expect(somebody.tab.locator(".graphiql-query-editor")).to_contain_text("UnifiedProject")

    assert await somebody.tab.evaluate("document.documentElement.scrollHeight") == height
    assert await somebody.tab.evaluate("document.documentElement.scrollWidth") == width


async def test_the_account_is_opened_and_closed_and_left_by_keyboard(somebody: Visitor) -> None:
    await somebody.arrive()
    await somebody.sign_in("Finance finance")
    menu = somebody.tab.locator(".menu")

    await somebody.account.focus()
    await somebody.tab.keyboard.press("Enter")
    await expect(menu).to_be_visible()
    await somebody.tab.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(somebody.account).to_be_focused()

    await somebody.tab.keyboard.press("Enter")
    await somebody.tab.keyboard.press("Tab")
    await expect(somebody.tab.get_by_role("button", name="Sign out", exact=True)).to_be_focused()
    await somebody.tab.keyboard.press("Enter")
    await expect(somebody.notice).to_contain_text("sign in to run operations")
