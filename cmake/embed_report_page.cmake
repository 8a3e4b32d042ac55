# Writes OUTPUT, a C++ source with the page that report.html, report.css and report.js in FOLDER make.
#   cmake -DFOLDER=… -DOUTPUT=… -P embed_report_page.cmake
file(READ "${FOLDER}/report.html" page)
file(READ "${FOLDER}/report.css" css)
file(READ "${FOLDER}/report.js" js)
string(REPLACE "@CSS@" "${css}" page "${page}")
string(REPLACE "@JS@" "${js}" page "${page}")
# One literal may have 64 KiB; the page has less.
file(WRITE "${OUTPUT}" "#include \"report_html.h\"\n
std::string_view report_page() {
  return R\"~~~(${page})~~~\";
}\n")
