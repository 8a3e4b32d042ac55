# Writes OUTPUT, a C++ source with the files of FOLDER as constants.
#   cmake -DFOLDER=… -DNAMES=a;b -DOUTPUT=… -P embed_console.cmake
set(types_html "text/html; charset=utf-8")
set(types_css "text/css; charset=utf-8")
set(types_js "text/javascript; charset=utf-8")

set(entries "")
foreach(name IN LISTS NAMES)
  file(READ "${FOLDER}/${name}" text)
  string(REGEX REPLACE ".*\\." "" extension "${name}")
  set(path "/${name}")
  if(name STREQUAL "console.html")
    set(path "/")
  endif()
  string(APPEND entries "    {\"${path}\", \"${types_${extension}}\", R\"~~~(${text})~~~\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"wsd/console.h\"\n
std::span<const ConsoleFile> console_files() {
  static constexpr ConsoleFile kFiles[] = {\n${entries}  };
  return kFiles;
}\n")
