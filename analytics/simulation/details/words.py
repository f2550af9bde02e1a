"""Goods in words: one wording a code and manner of writing, so that like codes read alike and no two the same.

The vocabulary is this suite's own; no text of a real tariff is meant.
"""

from __future__ import annotations

import numpy as np

from analytics.simulation.world.tariff import Tariff

MANNERS = 3
"""Ways in which declarants write the same good."""

# A noun for each chapter of the Harmonized System, in the order of its numbers (77 is not used).
_CHAPTERS = """
活畜 肉 鱼 乳品 动物毛 苗木 蔬菜 水果 茶叶 谷物 面粉 油籽 树胶 编结料 油脂 肉罐头 糖 可可 饼干 果汁 调味品 酒 饲料 烟叶
石料 矿砂 燃料 无机盐 有机酸 药品 肥料 涂料 化妆品 洗涤剂 胶粘剂 火药 胶片 助剂 树脂 橡胶件 生皮 皮包 毛皮 木板 软木
草席
纸浆 纸板 书册 丝绸 毛呢 棉布 麻布 长丝 短纤 无纺布 地毯 花边 涂层布 针织布 针织衫 外套 毛毯 鞋 帽 伞 羽绒 石材制品 陶瓷
玻璃 珠宝 钢材 钢制件 铜材 镍材 铝材 铅锭 锌锭 锡锭 钨材 刀具 锁具 泵 电路 机车件 汽车件 航空件 船用件 仪器 手表 乐器
枪械件 家具 玩具 文具 艺术品
"""
_NOUNS = dict(zip((f"{i:02d}" for i in range(1, 98) if i != 77), _CHAPTERS.split(), strict=True))
_MAKES = """
冷冻 干制 鲜 精制 工业用 家用 便携式 自动 手动 复合 合成 天然 高纯 涂层 编织 模压 热轧 冷轧 电动 气动 液压 数控 无线
有线
单层 多层 可拆 固定 防水 耐热
"""
_USES = "医用 车用 电子用 食品级 饲料级 试剂级 建筑用 包装用 农用 船用 实验室用 零售 儿童用 纺织用 矿用 通用"
_SIZES = "大号 小号 中号 厚型 薄型 长款 短款 散装 桶装 盒装 成套 零件 半成品 未装配 一级 二级"
_MAKE, _USE, _SIZE = tuple(_MAKES.split()), tuple(_USES.split()), tuple(_SIZES.split())


def wordings(goods: Tariff, rng: np.random.Generator) -> np.ndarray:
    """Texts of all codes, manner by manner: position `manner * codes + code`.

    Headings share a noun and a make, subheadings a use, codes a size; words are dealt so that siblings differ.
    """
    heading, chapter = goods.heading, goods.chapter
    deal = np.array([rng.permutation(len(_MAKE) ** 2) for _ in goods.chapters])
    _, first = np.unique(chapter, return_index=True)
    of_chapter = heading - heading[first][chapter]
    make = deal[chapter, of_chapter % len(_MAKE) ** 2]
    place = np.arange(len(heading)) - np.searchsorted(heading, heading)
    turn = rng.integers(0, 256, int(heading.max()) + 1)[heading]
    use, size = (place // 3 + turn) % len(_USE), (place % 3 * 5 + place // 3 + turn) % len(_SIZE)
    rows: list[list[str]] = [[], [], []]
    for k in range(len(heading)):
        noun = _NOUNS[goods.chapters[chapter[k]].code]
        a, b = _MAKE[make[k] // len(_MAKE)], _MAKE[make[k] % len(_MAKE)]
        rows[0].append(f"{_USE[use[k]]}{a}{b}{noun} {_SIZE[size[k]]}")
        rows[1].append(f"{noun}（{a}、{b}），{_USE[use[k]]}，{_SIZE[size[k]]}")
        rows[2].append(f"{b}{noun} {_USE[use[k]]}")  # shorter: what is left out must be guessed
    return np.array(rows[0] + rows[1] + rows[2])
