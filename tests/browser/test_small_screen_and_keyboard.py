"""The page on a phone screen, and with the keyboard only."""

import pytest
from playwright.async_api import expect

from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WIDTH, HEIGHT = 390, 844


async def test_on_a_phone_everything_fits_the_width_and_opening_an_example_closes_the_panel(
    visitor: Visitor,
) -> None:
    await visitor.tab.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    await visitor.open_page()
    await visitor.sign_in("Finance finance")
    await visitor.run()

    for part in (".top-bar", ".notice", ".graphiql-editors", ".graphiql-response", ".graphiql-sidebar"):
        box = await visitor.tab.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= WIDTH, part
        assert box["width"] > WIDTH * 0.85, part
    await visitor.tab.get_by_role("button", name="Show Examples").click()
    await expect(visitor.tab.locator(".graphiql-query-editor")).to_be_hidden()
    await visitor.tab.get_by_role("button", name="People and availability").click()
    await expect(visitor.tab.get_by_role("tab", name="PeopleAndAvailability")).to_have_attribute(
        "aria-selected", "true"
    )
    await expect(visitor.tab.locator(".graphiql-query-editor")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (WIDTH, HEIGHT)])
async def test_the_page_fits_its_window_with_long_operations(visitor: Visitor, width: int, height: int) -> None:
    await visitor.tab.set_viewport_size({"width": width, "height": height})
    await visitor.open_page()
    await expect(visitor.tab.locator(".graphiql-query-editor")).to_contain_text("UnifiedProject")

    assert await visitor.tab.evaluate("document.documentElement.scrollHeight") == height
    assert await visitor.tab.evaluate("document.documentElement.scrollWidth") == width


async def test_the_account_menu_works_with_the_keyboard(visitor: Visitor) -> None:
    await visitor.open_page()
    await visitor.sign_in("Finance finance")
    menu = visitor.tab.locator(".menu")

    await visitor.account.focus()
    await visitor.tab.keyboard.press("Enter")
    await expect(menu).to_be_visible()
    await visitor.tab.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(visitor.account).to_be_focused()

    await visitor.tab.keyboard.press("Enter")
    await visitor.tab.keyboard.press("Tab")
    await expect(visitor.tab.get_by_role("button", name="Sign out", exact=True)).to_be_focused()
    await visitor.tab.keyboard.press("Enter")
    await expect(visitor.notice).to_contain_text("Sign in to run operations")
