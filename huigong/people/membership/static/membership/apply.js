/*
 * The application form: a resident's number tells sex and birthday, so they are asked only of other documents.
 * Without script both are on the form and the server decides.
 */
(function () {
  "use strict";

  const TELLING = ["resident_id", "residence_permit"];
  const kind = document.querySelector("[data-document-kind]");
  const number = document.querySelector("[data-document-number]");
  const asks = document.querySelector("[data-document-asks]");
  const told = document.querySelector("[data-document-told]");
  const HINTS = {
    resident_id: "18 位身份证号", residence_permit: "18 位居住证号", passport: "护照号",
    hk_macao_permit: "字母 H 或 M 加 8 位数字", taiwan_permit: "8 位数字", foreign_permanent_id: "18 位，或 3 个字母加 12 位数字",
  };
  if (!kind || !number) return;

  function says(text) {
    const digits = text.replace(/\s/g, "").toUpperCase();
    if (!/^\d{17}[\dX]$/.test(digits)) return "";
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const sum = weights.reduce((total, weight, place) => total + weight * Number(digits[place]), 0);
    if ("10X98765432"[sum % 11] !== digits[17]) return "";
    const sex = Number(digits[16]) % 2 ? "男" : "女";
    return sex + "，" + Number(digits.slice(6, 10)) + "年" + Number(digits.slice(10, 12)) + "月" + Number(digits.slice(12, 14)) + "日出生";
  }

  function follow() {
    const telling = TELLING.indexOf(kind.value) >= 0;
    number.placeholder = HINTS[kind.value];
    if (asks) asks.hidden = telling;
    if (!told) return;
    const words = telling ? says(number.value) : "";
    told.textContent = words ? "识别为：" + words : "";
    told.hidden = !words;
  }

  kind.addEventListener("change", follow);
  number.addEventListener("input", follow);
  follow();
})();
