"""Hostile text: what people, models and imports may send in the hope that a page runs it or asks elsewhere.

Everything points to elsewhere.example, which no page of ours may ask, or runs something that the policy forbids:
so that a page that lets it through is noticed by what the browser reports.
"""

EVIL = "http://elsewhere.example"

# Each does harm when it is put into a page as it is.
HTML = [
    f"<script src={EVIL}/s.js></script>",
    "<script>document.title = 'run'</script>",
    f"<img src={EVIL}/i.png>",
    "<img src=x onerror=document.title='run'>",
    "<img src='x'onerror='document.title=1'>",
    "<svg onload=document.title='run'></svg>",
    f"<svg><image href={EVIL}/i.png></image></svg>",
    "<math><mtext><img src=x onerror=document.title='run'></mtext></math>",
    f"<iframe src={EVIL}/></iframe>",
    f"<object data={EVIL}/o></object>",
    f"<embed src={EVIL}/e>",
    f"<link rel=stylesheet href={EVIL}/c.css>",
    f"<style>@import '{EVIL}/c.css';</style>",
    f"<p style='background: url({EVIL}/i.png)'>text</p>",
    f"<video src={EVIL}/v.mp4 autoplay></video>",
    f"<audio src={EVIL}/a.mp3 autoplay></audio>",
    f"<video poster={EVIL}/p.png></video>",
    f"<input type=image src={EVIL}/i.png>",
    "<details open ontoggle=document.title='run'><summary>more</summary></details>",
    "<body onload=document.title='run'><img src=x onerror=document.title='run'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript><img src=x onerror=alert(1)>",
    "</textarea><img src=x onerror=document.title='run'>",
    "</title><img src=x onerror=document.title='run'>",
    "<!--><img src=x onerror=document.title='run'>-->",
    "<![CDATA[><img src=x onerror=document.title='run'>]]>",
    "\"><img src=x onerror=document.title='run'>",
    "'><img src=x onerror=document.title='run'>",
    "<IMG SRC=x OnErRoR=document.title='run'>",
    "`<img src=x onerror=document.title='run'>",
]

# Harmless as they are; a renderer must not make harm of them.
MARKDOWN = [
    "<img/src=x/onerror=document.title='run'>",
    "<iframe srcdoc='<script>parent.document.title=1</script>'></iframe>",
    "<svg><script>document.title='run'</script></svg>",
    "[a link](javascript:alert(1))",
    "[a link](JaVaScRiPt:alert(1))",
    "[a link](java\tscript:alert(1))",
    "[a link](data:text/html,<script>alert(1)</script>)",
    "[a link](vbscript:alert(1))",
    "[a link](&#106;avascript:alert(1))",
    "<javascript:alert(1)>",
    f"![a picture]({EVIL}/i.png)",
    f"![a picture][there]\n\n[there]: {EVIL}/i.png",
    f'[a link]({EVIL}/ "onmouseover=alert(1)")',
    "```html\n<img src=x onerror=alert(1)>\n```",
    '```"><img src=x onerror=alert(1)>\ncode\n```',
    "| a | <img src=x onerror=alert(1)> |\n| - | - |\n| `|` | <script>alert(1)</script> |",
    "<div hx-get='/usage/' hx-trigger=load></div>",
    "<div data-hx-post='/conversations/' hx-trigger='load' hx-swap='outerHTML'></div>",
    "<hx-partial hx-target='#main'>gone</hx-partial>",
    "<form action='/accounts/logout/' method=post><button>Press</button></form>",
    "<a id=composer name=composer href='/'>x</a>",
    "{{ secret }} {% url 'home' %} ${alert(1)} <%= 1 %>",
    "=cmd|'/C calc'!A0",
    "\u202e<img src=x onerror=alert(1)>\u2066",
    "line\u2028<script>alert(1)</script>\u2029line",
]

ALL = [*HTML, *MARKDOWN]
