#!/bin/sh
# 参数从标准输入读入,打印的内容就是函数的返回结果。
tr '{}' '\n\n' | awk -F '"' '
  BEGIN { price["玫瑰"] = 8.5; price["百合"] = 11; price["花瓶"] = 60; unit["花瓶"] = "个" }
  $2 == "item_type" {
    quantity = $7; gsub(/[^0-9]/, "", quantity)
    if (!($4 in price)) { print "没有这种商品:" $4; failed = 1; exit 1 }
    list = list (list == "" ? "" : "、") $4 " " quantity " " ($4 in unit ? unit[$4] : "枝")
    total += price[$4] * quantity
  }
  END { if (!failed) printf "%s,合计 %.2f 元\n", list, total }
'
