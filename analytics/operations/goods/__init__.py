"""Goods under supervision: processing trade, exempted goods, transit."""
