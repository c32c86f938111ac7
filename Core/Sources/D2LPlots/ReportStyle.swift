/// The style sheet of a report.
enum ReportStyle {
  static let sheet = """
    :root{color-scheme:light dark;--page:#f6f7f9;--card:#ffffff;--ink:#1f2328;--muted:#5f6773;--line:#dfe3e8;\
    --accent:#0072b2}
    @media (prefers-color-scheme:dark){:root{--page:#0e1013;--card:#16191d;--ink:#e6e8eb;--muted:#a3abb6;--line:#2f343c;\
    --accent:#5aaef0}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:66rem;padding:2.5rem 1.25rem 4rem;background:var(--page);color:var(--ink);\
    font:16px/1.55 \(PlotStyle.fonts);overflow-wrap:break-word}
    header{border-bottom:3px solid var(--accent);padding-bottom:.9rem;margin-bottom:1.6rem}
    h1{font-size:1.9rem;line-height:1.2;margin:0;letter-spacing:-.01em}
    .subtitle{color:var(--muted);font-size:1.05rem;margin:.4rem 0 0}
    section{margin:0 0 2.2rem}
    h2{font-size:1.2rem;margin:0 0 .8rem;letter-spacing:-.005em}
    p{max-width:44rem;margin:0 0 1rem}
    figure{margin:0 0 1rem;max-width:100%}
    figure svg,figure img{max-width:100%;height:auto;border:1px solid var(--line);border-radius:8px;display:block}
    figure img.pixelated{image-rendering:pixelated}
    figcaption{color:var(--muted);font-size:.88rem;margin-top:.45rem;max-width:44rem}
    .row{display:flex;flex-wrap:wrap;gap:1rem}
    .row figure{margin:0}
    .row+*{margin-top:1rem}
    .tiles{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.8rem;margin:0 0 1rem;\
    padding:0}
    .tiles li{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.85rem 1rem;display:flex;\
    flex-direction:column}
    .tiles .value{font-size:1.7rem;font-weight:650;line-height:1.2;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
    .tiles .label{color:var(--muted);font-size:.9rem}
    .tiles .detail{color:var(--muted);font-size:.8rem;margin-top:.25rem}
    .settings{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:0 2.2rem;margin:0 0 1rem}
    .settings div{display:flex;justify-content:space-between;gap:1rem;padding:.36rem 0;border-bottom:1px solid var(--line)}
    .settings dt{color:var(--muted);flex-shrink:0;max-width:60%}
    .settings dd{margin:0;text-align:right;font-variant-numeric:tabular-nums;min-width:0;overflow-wrap:anywhere}
    .scroll{overflow-x:auto;margin:0 0 1rem;background:var(--card);border:1px solid var(--line);border-radius:8px;\
    width:fit-content;max-width:100%}
    table{border-collapse:collapse;font-size:.93rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;color:var(--muted);font-size:.88rem;padding:.6rem .9rem 0}
    th,td{text-align:left;padding:.4rem .9rem;border-bottom:1px solid var(--line);white-space:nowrap}
    tbody tr:last-child td{border-bottom:0}
    th{color:var(--muted);font-weight:600;font-size:.85rem}
    .number{text-align:right}
    .center{text-align:center}
    pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.9rem 1rem;overflow-x:auto;\
    font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace;margin:0 0 1rem}
    footer{color:var(--muted);font-size:.85rem;border-top:1px solid var(--line);padding-top:.8rem;margin-top:2.5rem}
    @media print{:root{--page:#ffffff}body{max-width:none;padding:0;font-size:11pt}\
    figure,tr,.tiles li,.settings div{break-inside:avoid}h2{break-after:avoid}pre{white-space:pre-wrap}}
    """
}
