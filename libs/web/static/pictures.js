/* Draws a figure of the kit from the table that stands in it. Without this script the table is all there is; it stays below the picture. */
(function () {
  "use strict";
  function texts(cells) { return Array.prototype.map.call(cells, function (cell) { return cell.textContent.trim(); }); }
  function amount(text) { var found = parseFloat(text.replace(/,/g, "")); return isNaN(found) ? null : found; }
  function token(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function draw(figure) {
    var table = figure.querySelector("table"), heads = texts(table.querySelectorAll("thead th"));
    var rows = Array.prototype.map.call(table.querySelectorAll("tbody tr"), function (row) { return texts(row.children); });
    var place = document.createElement("div"), kind = figure.getAttribute("data-picture");
    place.className = "drawn";
    place.setAttribute("aria-hidden", "true");
    figure.insertBefore(place, figure.firstChild);
    var ink = token("--ink-2"), line = token("--line"), chart = echarts.init(place);
    chart.setOption({
      animation: false,
      color: [token("--brand"), token("--bar-ok"), token("--bar-warn"), token("--bar-bad")],
      textStyle: { fontFamily: token("--sans"), color: ink },
      legend: { top: 0, textStyle: { color: ink } },
      grid: { left: 8, right: 8, top: 40, bottom: 8, outerBoundsMode: "same" },
      xAxis: { type: "category", data: rows.map(function (row) { return row[0]; }), axisLabel: { color: ink } },
      yAxis: { type: "value", axisLabel: { color: ink }, splitLine: { lineStyle: { color: line } } },
      series: heads.slice(1).map(function (head, n) {
        return { name: head, type: kind, data: rows.map(function (row) { return amount(row[n + 1]); }) };
      })
    });
    window.addEventListener("resize", function () { chart.resize(); });
  }
  Array.prototype.forEach.call(document.querySelectorAll("[data-picture]"), draw);
})();
